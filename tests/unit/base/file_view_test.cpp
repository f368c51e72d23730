#include "plumbline/base/file_view.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using support::error_text;
using testing::HasSubstr;

class FileViewTest : public support::Scratch {};

TEST_F(FileViewTest, ShowsAllBytesAndOutlivesCopiesAndReplacement) {
  const std::string text("a\0b", 3);
  write_file(path("f"), text);
  const FileView copy = [&] {
    const FileView view(path("f"));
    return view;
  }();
  write_file(path("f"), "other");
  EXPECT_EQ(copy.bytes(), text);
  EXPECT_EQ(copy.name(), path("f"));
}

TEST_F(FileViewTest, AnEmptyFileHasNoBytes) {
  write_file(path("f"), "");
  EXPECT_EQ(FileView(path("f")).bytes(), "");
}

TEST_F(FileViewTest, BytesInMemoryAreNotCopied) {
  const std::string text = "abc";
  const FileView view(text, "some bytes");
  EXPECT_EQ(view.bytes().data(), text.data());
  EXPECT_EQ(view.name(), "some bytes");
}

TEST_F(FileViewTest, SaysWhatCannotBeRead) {
  EXPECT_THAT(error_text<IoError>([&] { FileView{path("absent")}; }), HasSubstr("absent"));
  EXPECT_THAT(error_text<DataError>([&] { FileView{folder_.string()}; }),
              HasSubstr("expected a file, got a folder"));
  EXPECT_THROW(FileView{"/dev/null"}, DataError);
}

}  // namespace
}  // namespace plumbline
