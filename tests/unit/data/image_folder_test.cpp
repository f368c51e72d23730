#include "plumbline/data/image_folder.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;

class ImageFolder : public support::Scratch {
 protected:
  std::vector<formats::Record> read() {
    return read_image_folder(
        folder_.string(),
        [this](const std::string& where, const std::string&) { broken_.push_back(where); });
  }
  std::vector<std::string> broken_;
};

TEST_F(ImageFolder, PairsPicturesWithTexts) {
  for (const char* name : {"b.png", "a.JPG", "c.webp", "d.gif", "a.txt", "b.txt", "README.txt",
                           ".hidden.png", "lonely.txt"}) {
    write_file(path(name), std::string(" of ") + name + "\n");
  }
  const auto records = read();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].value, nlohmann::json({{"file_name", "a.JPG"}, {"text", "of a.txt"}}));
  EXPECT_EQ(records[0].where, path("a.JPG"));
  EXPECT_EQ(records[1].value, nlohmann::json({{"file_name", "b.png"}, {"text", "of b.txt"}}));
  EXPECT_THAT(broken_, ElementsAre(path("c.webp"), path("d.gif"), path("lonely.txt")));
}

TEST_F(ImageFolder, MetadataComesBeforeTexts) {
  write_file(path("a.png"), "");
  write_file(path("a.txt"), "by its text");
  write_file(path("metadata.jsonl"), "{\"file_name\": \"a.png\", \"text\": \"by its line\"}\n{\n");
  const auto records = read();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value["text"], "by its line");
  EXPECT_EQ(records[0].where, path("metadata.jsonl") + ":1");
  EXPECT_THAT(broken_, ElementsAre(path("metadata.jsonl") + ":2"));
}

TEST_F(ImageFolder, TextsAreUtf8) {
  for (const char* name : {"a.png", "b.png"}) write_file(path(name), "");
  write_file(path("a.txt"),
             "\xEF\xBB\xBF"
             "caf\xC3\xA9\r\n");
  write_file(path("b.txt"), "caf\xE9");
  const auto records = read();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value["text"], "caf\xC3\xA9");
  EXPECT_THAT(broken_, ElementsAre(path("b.txt")));
}

TEST_F(ImageFolder, WithoutPicturesHoldsNothing) {
  EXPECT_TRUE(read().empty());
  EXPECT_THROW(read_image_folder(path("absent"), {}), IoError);
}

}  // namespace
}  // namespace plumbline::data
