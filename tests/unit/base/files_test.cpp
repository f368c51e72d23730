#include "plumbline/base/files.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

class Files : public support::Scratch {};

TEST_F(Files, ReadsBackWhatWasWritten) {
  const std::string bytes("a\0b\n", 4);
  write_file(folder_ / "x", bytes);
  EXPECT_EQ(read_file(folder_ / "x"), bytes);
  append_file(folder_ / "x", "more");
  EXPECT_EQ(read_file(folder_ / "x"), bytes + "more");
}

TEST_F(Files, PartsStandOneBehindTheOther) {
  const std::vector<std::string_view> parts = {"ab", "", "c"};
  write_file(folder_ / "parts", parts);
  EXPECT_EQ(read_file(folder_ / "parts"), "abc");
}

TEST_F(Files, MissingFileNamesItself) {
  try {
    read_file(folder_ / "absent.txt");
    FAIL() << "no exception";
  } catch (const IoError& e) {
    EXPECT_NE(std::string(e.what()).find("absent.txt"), std::string::npos);
  }
}

// /dev/full accepts opens and refuses every write, as a full disk does.
TEST_F(Files, FullDiskIsReportedOnAppend) { EXPECT_THROW(append_file("/dev/full", "x"), IoError); }

TEST_F(Files, FailedFolderKeepsTheOldOne) {
  const fs::path target = folder_ / "step-1";
  write_folder(target, [](const fs::path& p) { write_file(p / "a", "old"); });
  EXPECT_THROW(write_folder(target,
                            [](const fs::path& p) {
                              write_file(p / "a", "new");
                              append_file("/dev/full", "x");
                            }),
               IoError);
  EXPECT_EQ(read_file(target / "a"), "old");
  EXPECT_FALSE(fs::exists(folder_ / (std::string("step-1") + kAsideSuffix)));
}

TEST_F(Files, FolderReplacesTheOldOneWhole) {
  const fs::path target = folder_ / "step-1";
  write_folder(target, [](const fs::path& p) { write_file(p / "a", "old"); });
  write_folder(target, [](const fs::path& p) { write_file(p / "b", "new"); });
  EXPECT_FALSE(fs::exists(target / "a"));
  EXPECT_EQ(read_file(target / "b"), "new");
}

TEST_F(Files, ALinkStaysOneAndItsFileIsWritten) {
  write_file(folder_ / "x", "old");
  fs::create_symlink(folder_ / "x", folder_ / "link");
  write_file(folder_ / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(folder_ / "x"), "new");
}

TEST_F(Files, DevicesAreNeitherReplacedNorRead) {
  EXPECT_THROW(write_file("/dev/null", "x"), IoError);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_THROW(write_file(folder_, "x"), IoError);
  EXPECT_THROW(read_file("/dev/zero"), IoError);
}

TEST_F(Files, LiesInFollowsLinksAndCountsWholeNames) {
  const fs::path run = folder_ / "run";
  make_folders(run / "model");
  EXPECT_TRUE(lies_in(run, run));
  EXPECT_TRUE(lies_in(run / "model", run));
  EXPECT_TRUE(lies_in(run / "none" / ".." / "x", run));
  EXPECT_FALSE(lies_in(folder_ / "run2", run));
  EXPECT_FALSE(lies_in(run / "..", run));
  EXPECT_FALSE(lies_in(run, run / "model"));
  fs::create_symlink(run / "model", folder_ / "link");
  EXPECT_TRUE(lies_in(folder_ / "link" / "a", run));
}

}  // namespace
}  // namespace plumbline
