#include "plumbline/rl/repetition.h"

#include <gtest/gtest.h>

namespace plumbline::rl {
namespace {

TEST(RepeatedShare, HandWorked) {
  EXPECT_EQ(repeated_share({1, 2, 3, 4, 5}), 0);
  // 123 231 312 123: the last of four runs stood earlier.
  EXPECT_DOUBLE_EQ(repeated_share({1, 2, 3, 1, 2, 3}), 0.25);
  // Runs may overlap: 77 77 77 77.
  EXPECT_DOUBLE_EQ(repeated_share({7, 7, 7, 7, 7}, 2), 0.75);
  // Single tokens: three of five stood earlier.
  EXPECT_DOUBLE_EQ(repeated_share({4, 4, 9, 4, 9}, 1), 0.6);
}

TEST(RepeatedShare, IsOfRunsInTheirOrder) {
  EXPECT_EQ(repeated_share({1, 2, 3, 3, 2, 1}), 0);
  // 11 and 1 are not the same as 1 and 11.
  EXPECT_EQ(repeated_share({11, 1, 5, 1, 11}, 2), 0);
}

TEST(RepeatedShare, GrowsTowardsOneButStaysBelow) {
  const std::vector<int64_t> same(1000, 3);
  EXPECT_DOUBLE_EQ(repeated_share(same), 1 - 1.0 / 998);
}

TEST(RepeatedShare, IsZeroWithoutTwoRuns) {
  EXPECT_EQ(repeated_share({}), 0);
  EXPECT_EQ(repeated_share({5, 5}), 0);
  EXPECT_EQ(repeated_share({5, 5, 5}), 0);
  EXPECT_EQ(repeated_share({5, 5, 5}, 0), 0);
}

}  // namespace
}  // namespace plumbline::rl
