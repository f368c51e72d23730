#include "plumbline/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace plumbline {
namespace {

// Known answers published with the Random123 library (kat_vectors, philox4x32 10 rounds).
TEST(Philox, MatchesPublishedVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(RandomKey, IsAPureFunctionOfSeedPurposeAndIndex) {
  EXPECT_EQ(random_key(1, "a").at(5).bits, random_key(1, "a").at(5).bits);
  EXPECT_NE(random_key(1, "a").at(5).bits, random_key(1, "a").at(6).bits);
  EXPECT_NE(random_key(1, "a").bits, random_key(1, "b").bits);
  EXPECT_NE(random_key(1, "a").bits, random_key(2, "a").bits);
}

TEST(Random, UniformHasTheRightMoments) {
  Random random(random_key(7, "test"));
  double sum = 0, squares = 0;
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const double x = random.uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 0.01);
}

TEST(Random, NormalHasTheRightMoments) {
  Random random(random_key(7, "normal"));
  double sum = 0, squares = 0;
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.04);
  EXPECT_NEAR(squares / n, 1, 0.06);
}

TEST(Random, BelowCoversItsRangeEvenly) {
  Random random(random_key(3, "below"));
  std::vector<int> counts(7);
  for (int i = 0; i < 14000; ++i) ++counts[static_cast<size_t>(random.below(7))];
  for (const int count : counts) EXPECT_NEAR(count, 2000, 220);
}

TEST(Random, WeightedFollowsItsWeights) {
  Random random(random_key(3, "weighted"));
  std::vector<int> counts(3);
  for (int i = 0; i < 8000; ++i) ++counts[static_cast<size_t>(random.weighted({1, 0, 3}))];
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[0], 2000, 250);
}

TEST(Random, ShuffleIsAPermutation) {
  Random random(random_key(3, "shuffle"));
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> before = items;
  random.shuffle(items);
  EXPECT_NE(items, before);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, before);
}

}  // namespace
}  // namespace plumbline
