#include "plumbline/base/error.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Message, PutsEveryPartInItsPlace) {
  EXPECT_EQ(message({.component = "data",
                     .doing = "reading turns",
                     .expected = "1 image",
                     .got = "2",
                     .where = "a.json:3",
                     .hint = "remove one."}),
            "[data] reading turns: expected 1 image, got 2 (a.json:3).\nHint: remove one.");
}

TEST(Message, LeavesEmptyPartsOut) {
  EXPECT_EQ(message({.component = "file", .doing = "reading", .got = "nothing"}),
            "[file] reading: got nothing.");
}

TEST(Error, EachKindHasItsExitCode) {
  const Complaint c{.component = "x", .doing = "y"};
  EXPECT_EQ(InternalError("z").exit_code(), 1);
  EXPECT_EQ(ConfigError(c).exit_code(), 2);
  EXPECT_EQ(DataError(c).exit_code(), 3);
  EXPECT_EQ(IoError(c).exit_code(), 3);
  EXPECT_EQ(CheckpointError(c).exit_code(), 3);
  EXPECT_EQ(NumericError(c).exit_code(), 4);
  EXPECT_EQ(Interrupted(15).exit_code(), 143);
}

TEST(Check, NamesConditionAndDetail) {
  try {
    PLUMBLINE_CHECK(1 == 2, "one is not two");
    FAIL() << "no exception";
  } catch (const InternalError& e) {
    EXPECT_NE(std::string(e.what()).find("1 == 2"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("one is not two"), std::string::npos);
  }
}

TEST(Error, UntaggedLeavesOutALibrarysMark) {
  EXPECT_EQ(untagged(std::runtime_error("[json.exception.type_error.302] type must be string")),
            "type must be string");
  EXPECT_EQ(untagged(std::runtime_error("[an open bracket")), "[an open bracket");
  EXPECT_EQ(untagged(std::runtime_error("plain")), "plain");
}

}  // namespace
}  // namespace plumbline
