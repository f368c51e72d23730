#include "plumbline/audit/score_histogram.h"

#include <gmock/gmock.h>

#include <numeric>

#include "plumbline/base/error.h"
#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

using testing::ElementsAre;

ScoredPair with_scores(double first, double second, double target) {
  return {.image = "a", .type = "t", .score_1 = first, .score_2 = second, .target = target};
}

TEST(ScoreHistogram, ByHand) {
  // Better: 4, 1, 2. Worse: 0, 1.5, 0. The tie would widen the range.
  const auto h = score_histogram(
      {with_scores(4, 0, 1), with_scores(1.5, 1, 0), with_scores(2, 0, 1), with_scores(9, -9, .5)},
      4);
  EXPECT_EQ(h.low, 0);
  EXPECT_EQ(h.high, 4);
  EXPECT_THAT(h.better, ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(h.worse, ElementsAre(2, 1, 0, 0));
}

TEST(ScoreHistogram, OfOneScoreOrNone) {
  const auto one = score_histogram({with_scores(3, 3, 1)}, 2);
  EXPECT_EQ(one.low, 2.5);
  EXPECT_EQ(one.high, 3.5);
  EXPECT_THAT(one.better, ElementsAre(0, 1));
  const auto none = score_histogram({}, 2);
  EXPECT_THAT(none.better, ElementsAre(0, 0));
  EXPECT_LT(none.low, none.high);
  EXPECT_THROW(score_histogram({}, 0), InternalError);
}

TEST(ScoreHistogram, CountsEveryDecidedPairOnceOnEachSide) {
  const auto pairs = random_pairs(300, 2);
  const auto decided =
      std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& p) { return !is_tie(p); });
  const auto h = score_histogram(pairs);
  EXPECT_EQ(h.better.size(), 20U);
  EXPECT_EQ(std::accumulate(h.better.begin(), h.better.end(), int64_t{0}), decided);
  EXPECT_EQ(std::accumulate(h.worse.begin(), h.worse.end(), int64_t{0}), decided);
  for (const auto& same : {swapped(pairs), shuffled(pairs)}) {
    EXPECT_EQ(score_histogram(same).better, h.better);
    EXPECT_EQ(score_histogram(same).worse, h.worse);
  }
}

}  // namespace
}  // namespace plumbline::audit
