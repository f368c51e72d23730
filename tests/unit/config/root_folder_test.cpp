#include "plumbline/config/root_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::config {
namespace {

// Tests run in the repository's folder.
TEST(RootFolder, IsTheCurrentOneOrTheOneNamed) {
  EXPECT_EQ(find_root(), ".");
  const support::ScratchFolder scratch;
  fs::create_directories(scratch.path() / "configs/world");
  write_file(scratch.path() / "configs/world/sft.toml", "");
  ::setenv("PLUMBLINE_HOME", scratch.path().c_str(), 1);
  EXPECT_EQ(find_root(), scratch.path());
  ::setenv("PLUMBLINE_HOME", (scratch.path() / "elsewhere").c_str(), 1);
  EXPECT_THROW(find_root(), IoError);
  ::unsetenv("PLUMBLINE_HOME");
}

TEST(RootFolder, IsFoundAboveTheProgram) {
  const support::ScratchFolder elsewhere;
  const fs::path here = fs::current_path();
  fs::current_path(elsewhere.path());
  const fs::path found = find_root();
  fs::current_path(here);
  EXPECT_TRUE(fs::equivalent(found, here));
}

}  // namespace
}  // namespace plumbline::config
