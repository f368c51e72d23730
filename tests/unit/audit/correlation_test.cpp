#include "plumbline/audit/correlation.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

using testing::ElementsAre;

constexpr double kExact = 1e-12;

TEST(Ranks, EqualValuesShareTheirMean) {
  EXPECT_THAT(ranks({10, 10, 30, 20}), ElementsAre(1.5, 1.5, 4, 3));
  EXPECT_THAT(ranks({5, 5, 5}), ElementsAre(2, 2, 2));
  EXPECT_THAT(ranks({}), ElementsAre());
}

TEST(Pearson, ByHand) {
  EXPECT_NEAR(pearson({1, 2, 2, 3}, {10, 10, 30, 20}), 10 / std::sqrt(2.0 * 275), kExact);
  EXPECT_NEAR(pearson({1, 2, 3}, {-2, -4, -6}), -1, kExact);
  // Far from 0, where sums of squares have no digits left for what differs.
  EXPECT_NEAR(pearson({1e9 + 1, 1e9 + 2, 1e9 + 2, 1e9 + 3}, {10, 10, 30, 20}),
              10 / std::sqrt(2.0 * 275), kExact);
  EXPECT_TRUE(std::isnan(pearson({1, 1, 1}, {1, 2, 3})));
  EXPECT_TRUE(std::isnan(pearson({.1, .1, .1}, {1, 2, 3})));
  EXPECT_TRUE(std::isnan(pearson({}, {})));
  EXPECT_THROW(pearson({1}, {1, 2}), InternalError);
}

TEST(LengthCorrelation, ByHandWithTies) {
  // Ranks 1, 2.5, 2.5, 4 and 1.5, 1.5, 4, 3: 2.25 / sqrt(4.5 * 4.5).
  const std::vector<ScoredPair> pairs = {{.image = "a",
                                          .type = "t",
                                          .score_1 = 1,
                                          .score_2 = 2,
                                          .target = 1,
                                          .length_1 = 10,
                                          .length_2 = 10},
                                         {.image = "b",
                                          .type = "t",
                                          .score_1 = 2,
                                          .score_2 = 3,
                                          .target = .5,
                                          .length_1 = 30,
                                          .length_2 = 20}};
  const auto c = length_correlation(pairs, {.samples = 20});
  EXPECT_NEAR(c.pearson.value, 10 / std::sqrt(2.0 * 275), kExact);
  EXPECT_NEAR(c.spearman.value, 0.5, kExact);
}

TEST(LengthCorrelation, SpearmanSeesOrderOnly) {
  auto pairs = random_pairs(200, 4);
  const auto before = length_correlation(pairs, {.samples = 20});
  for (auto& p : pairs) {
    p.score_1 = std::exp(p.score_1);
    p.score_2 = std::exp(p.score_2);
  }
  const auto after = length_correlation(pairs, {.samples = 20});
  EXPECT_NEAR(after.spearman.value, before.spearman.value, kExact);
  EXPECT_NEAR(after.spearman.high, before.spearman.high, kExact);
  EXPECT_GT(std::abs(after.pearson.value - before.pearson.value), 1e-4);
}

TEST(LengthCorrelation, FindsAScoreThatIsTheLength) {
  auto pairs = random_pairs(200, 5);
  for (auto& p : pairs) {
    p.score_1 = 3 - 2.0 * static_cast<double>(p.length_1);
    p.score_2 = 3 - 2.0 * static_cast<double>(p.length_2);
  }
  const auto c = length_correlation(pairs, {.samples = 50});
  EXPECT_NEAR(c.pearson.value, -1, kExact);
  EXPECT_NEAR(c.pearson.low, -1, kExact);
  EXPECT_NEAR(c.spearman.value, -1, kExact);
}

// Resamples of one image alone have one length, and what rounding leaves of its variation is no
// correlation.
TEST(LengthCorrelation, ResamplesWithoutVariationAreLeftOut) {
  std::vector<ScoredPair> pairs;
  for (int image = 0; image < 3; ++image) {
    for (int i = 0; i < 7; ++i) {
      auto pair = scored(0.1 * i, 1, std::to_string(image));
      pair.length_1 = pair.length_2 = 10 + image * image;
      pair.score_2 = 0.7 * image + pair.score_1;
      pairs.push_back(pair);
    }
  }
  // One in nine resamples has one image only; were they counted, any value could come of them.
  const auto c = length_correlation(pairs, {.samples = 1000, .confidence = 0.999});
  EXPECT_GT(c.pearson.low, 0.05);
  EXPECT_LT(c.pearson.high, 1);
  EXPECT_GT(c.spearman.low, 0.05);
}

TEST(LengthCorrelation, OfNothingOrOneLength) {
  EXPECT_TRUE(std::isnan(length_correlation({}, {}).pearson.value));
  const auto same = length_correlation({scored(1, 1), scored(2, 0)}, {.samples = 5});
  EXPECT_TRUE(std::isnan(same.pearson.value));
  EXPECT_TRUE(std::isnan(same.spearman.high));
}

}  // namespace
}  // namespace plumbline::audit
