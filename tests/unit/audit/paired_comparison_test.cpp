#include "plumbline/audit/paired_comparison.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

TEST(PairedComparison, ByHand) {
  // a: right, right, wrong, equal, tie. b: right, wrong, right, wrong, tie.
  const std::vector<ScoredPair> a = {scored(1, 1, "p"), scored(-1, 0, "q"), scored(-2, 1, "r"),
                                     scored(0, 1, "r"), scored(1, .5, "r")};
  const std::vector<ScoredPair> b = {scored(3, 1, "p"), scored(1, 0, "q"), scored(2, 1, "r"),
                                     scored(-1, 1, "r"), scored(-1, .5, "r")};
  const auto c = compare_scores(a, b, {.samples = 50});
  EXPECT_EQ(c.pairs, 4);
  EXPECT_DOUBLE_EQ(c.accuracy_a.value, 2.5 / 4);
  EXPECT_DOUBLE_EQ(c.accuracy_b.value, 2.0 / 4);
  EXPECT_DOUBLE_EQ(c.difference.value, 0.125);
  EXPECT_EQ(c.only_a_right, 1);
  EXPECT_EQ(c.only_b_right, 1);
  EXPECT_DOUBLE_EQ(compare_scores(b, a, {}).difference.value, -0.125);
}

TEST(PairedComparison, OfAModelWithItselfIsExactlyNothing) {
  const auto pairs = random_pairs(200, 6);
  const auto c = compare_scores(pairs, pairs, {.samples = 50});
  EXPECT_EQ(c.difference.low, 0);
  EXPECT_EQ(c.difference.high, 0);
  EXPECT_LT(c.accuracy_a.low, c.accuracy_a.high);
}

// What is hard about a pair cancels: the interval is narrower than those of two accuracies.
TEST(PairedComparison, IsNarrowerThanTwoAccuracies) {
  const auto a = random_pairs(1000, 7);
  auto b = a;
  for (size_t i = 0; i < b.size(); i += 10) b[i].score_1 = -b[i].score_1;
  const auto c = compare_scores(a, b, {.samples = 300});
  const double width_a = c.accuracy_a.high - c.accuracy_a.low;
  EXPECT_GT(c.difference.value, 0.005);
  EXPECT_LT(c.difference.high - c.difference.low, 0.8 * width_a);
}

TEST(PairedComparison, SidesAndOrderDoNotMatter) {
  const auto a = random_pairs(200, 8);
  auto b = a;
  for (size_t i = 0; i < b.size(); i += 3) b[i].score_2 += 1;
  const auto expected = compare_scores(a, b, {.samples = 50});
  for (const auto& c : {compare_scores(swapped(a), swapped(b), {.samples = 50}),
                        compare_scores(shuffled(a), shuffled(b), {.samples = 50})}) {
    EXPECT_EQ(c.difference.value, expected.difference.value);
    EXPECT_EQ(c.difference.low, expected.difference.low);
    EXPECT_EQ(c.only_a_right, expected.only_a_right);
  }
}

TEST(PairedComparison, RefusesOtherPairs) {
  const std::vector<ScoredPair> one = {scored(1, 1, "p")};
  EXPECT_THROW(compare_scores(one, {}, {}), InternalError);
  EXPECT_THROW(compare_scores(one, {scored(1, 1, "q")}, {}), InternalError);
  EXPECT_THROW(compare_scores(one, {scored(1, 0, "p")}, {}), InternalError);
  EXPECT_THROW(compare_scores(one, {scored(std::nan(""), 1, "p")}, {}), NumericError);
  EXPECT_TRUE(std::isnan(compare_scores({}, {}, {}).difference.value));
}

}  // namespace
}  // namespace plumbline::audit
