#include "plumbline/config/toml_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::config {
namespace {

TEST(TomlFile, IsReadOrRefusedWithItsLine) {
  const support::ScratchFolder scratch;
  write_file(scratch / "a.toml", "x = 3\n");
  EXPECT_EQ(read_toml(scratch / "a.toml", "test", "reading")["x"].value<int>(), 3);
  write_file(scratch / "a.toml", "x = 3\ny = \n");
  try {
    read_toml(scratch / "a.toml", "test", "reading");
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr("[test] reading: expected TOML"),
                                         testing::HasSubstr("a.toml:2")));
  }
  EXPECT_THROW(read_toml(scratch / "none.toml", "test", "reading"), IoError);
}

}  // namespace
}  // namespace plumbline::config
