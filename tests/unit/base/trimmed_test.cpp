#include "plumbline/base/trimmed.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Trimmed, LeavesWhatStandsBetween) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \n "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("[ a ]", " []"), "a");
  EXPECT_EQ(trimmed("\na ", " "), "\na");
}

}  // namespace
}  // namespace plumbline
