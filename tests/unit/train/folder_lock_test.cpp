#include "plumbline/train/folder_lock.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

using FolderLock = support::Scratch;

TEST_F(FolderLock, IsHeldAsLongAsItLives) {
  auto held = hold_folder(folder_);
  EXPECT_THROW(hold_folder(folder_), ConfigError);
  held.reset();
  EXPECT_NO_THROW(hold_folder(folder_));
}

TEST_F(FolderLock, NeedsAFolder) { EXPECT_THROW(hold_folder(folder_ / "nowhere"), IoError); }

}  // namespace
}  // namespace plumbline::train
