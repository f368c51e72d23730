#include "plumbline/world/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::world {
namespace {

TEST(Sheet, IsSelfContainedAndTheSameForASeed) {
  const fs::path path = fs::temp_directory_path() / "plumbline_sheet_test.html";
  write_sheet(path, 5, 3);
  const std::string html = read_file(path);
  EXPECT_THAT(html, testing::HasSubstr("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(html, testing::HasSubstr("this is a "));
  EXPECT_EQ(html.find("http"), std::string::npos);
  write_sheet(path, 5, 3);
  EXPECT_EQ(read_file(path), html);
  fs::remove(path);
}

}  // namespace
}  // namespace plumbline::world
