#include "plumbline/world/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scratch.h"

namespace plumbline::world {
namespace {

TEST(Sheet, IsSelfContainedAndTheSameForASeed) {
  const support::ScratchFolder scratch;
  const fs::path path = scratch.path() / "sheet.html";
  write_sheet(path, 5, 3);
  const std::string html = read_file(path);
  EXPECT_THAT(html, testing::HasSubstr("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(html, testing::HasSubstr("this is a "));
  EXPECT_EQ(html.find("http"), std::string::npos);
  write_sheet(path, 5, 3);
  EXPECT_EQ(read_file(path), html);
}

}  // namespace
}  // namespace plumbline::world
