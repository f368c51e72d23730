#include "plumbline/audit/scored_pair.h"

#include <gmock/gmock.h>

#include <limits>

#include "plumbline/base/error.h"
#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ScoredPair, BetterAndWorseFollowTheTarget) {
  EXPECT_EQ(of_better(scored(0, 1), 3, 4), 3);
  EXPECT_EQ(of_worse(scored(0, 1), 3, 4), 4);
  EXPECT_EQ(of_better(scored(0, 0), 3, 4), 4);
  EXPECT_EQ(of_worse(scored(0, 0), 3, 4), 3);
  EXPECT_TRUE(is_tie(scored(0, 0.5)));
  EXPECT_FALSE(is_tie(scored(0, 0.6)));
}

TEST(ScoredPair, CreditIsForTheBetterAnswer) {
  EXPECT_EQ(credit(scored(0, 1), 2, 1), 1);
  EXPECT_EQ(credit(scored(0, 1), 1, 2), 0);
  EXPECT_EQ(credit(scored(0, 0), 1, 2), 1);
  EXPECT_EQ(credit(scored(0, 0), 2, 2), 0.5);
}

TEST(ScoredPair, WhatCannotBeMeasuredIsRefused) {
  EXPECT_NO_THROW(check_pairs({scored(1, 1), scored(-1, 0.5)}));
  for (const double score : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    try {
      check_pairs({scored(1, 1), scored(score, 1, "7.png")});
      FAIL() << score;
    } catch (const NumericError& e) {
      EXPECT_THAT(e.what(), HasSubstr("expected finite scores"));
      EXPECT_THAT(e.what(), HasSubstr("7.png"));
    }
  }
  EXPECT_THROW(check_pairs({scored(1, 2)}), InternalError);
  EXPECT_THROW(check_pairs({scored(1, std::nan(""))}), InternalError);
  auto negative = scored(1, 1);
  negative.length_2 = -1;
  EXPECT_THROW(check_pairs({negative}), InternalError);
}

TEST(ScoredPair, SumsAreByImageInTheOrderOfNames) {
  const std::vector<ScoredPair> pairs = {scored(1, 1, "b"), scored(2, 1, "a"), scored(4, 1, "b")};
  const auto units = sums_by_image(pairs, 2, [&](std::vector<double>& sums, size_t i) {
    sums[0] += pairs[i].score_1;
    sums[1] += 1;
  });
  EXPECT_THAT(units, ElementsAre(ElementsAre(2, 1), ElementsAre(5, 2)));
}

}  // namespace
}  // namespace plumbline::audit
