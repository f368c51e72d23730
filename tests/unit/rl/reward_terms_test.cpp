#include "plumbline/rl/reward_terms.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

TEST(RewardTerms, MissingEndAndLength) {
  EXPECT_EQ(missing_end_penalty(true, -8), 0);
  EXPECT_EQ(missing_end_penalty(false, -8), -8);
  EXPECT_DOUBLE_EQ(length_term(50, 200, -10, 1), -2.5);
  EXPECT_DOUBLE_EQ(length_term(50, 200, -10, 0.5), -1.25);
  EXPECT_DOUBLE_EQ(length_term(50, 200, -10, 0), 0);
}

TEST(RewardTerms, MissingEndStandsInPlaceOfTheScore) {
  EXPECT_EQ(missing_end_replacement(true, 1.5, -8), 0);
  for (const double score : {1.5, 0.0, -20.0}) {
    EXPECT_DOUBLE_EQ(score + missing_end_replacement(false, score, -8), -8);
  }
}

std::vector<Term> terms_of_two_answers() {
  return {{"score", {1, 2}}, {"missing_end", {0, -8}}, {"length", {-0.5, -1}}, {"user", {2, 0}}};
}

TEST(TotalOf, AddsTheTermsOfEachAnswer) {
  EXPECT_THAT(total_of(terms_of_two_answers()), testing::ElementsAre(2.5, -7));
  EXPECT_THAT(total_of({{"score", {3}}}), testing::ElementsAre(3));
}

TEST(TotalOf, RefusesTermsOfOtherAnswers) {
  EXPECT_THROW(total_of({}), InternalError);
  EXPECT_THROW(total_of({{"score", {1, 2}}, {"user", {1}}}), InternalError);
  EXPECT_THROW(total_of({{"score", {1, 2}}, {"user", {}}}), InternalError);
}

TEST(ShapeRewards, TotalsArriveWithTheLastPositionAndKlWithEach) {
  const at::Tensor kl = at::tensor({0.1F, 0.2F, 0.3F});
  const auto rewards = shape_rewards({2.5, -7}, kl, tensor::Spans::from_lengths({2, 1}), 0.5, 10);
  const at::Tensor expected = at::tensor({-0.5F, 10 * (-0.1F + 2.5F), 10 * (-0.15F - 7.0F)});
  EXPECT_TRUE(at::allclose(rewards, expected)) << rewards;
  EXPECT_EQ(rewards.scalar_type(), at::kFloat);
}

TEST(ShapeRewards, SumToTheTermsWhateverTheLengths) {
  const at::Tensor kl = at::linspace(0, 1, 7);
  for (const int64_t first : {1, 3, 6}) {
    const auto rewards =
        shape_rewards({2.5, -7}, kl, tensor::Spans::from_lengths({first, 7 - first}), 0.2, 3);
    EXPECT_NEAR(rewards.sum().item<double>(), 3 * (2.5 - 7 - 0.2 * 3.5), 1e-5);
  }
}

TEST(ShapeRewards, PassNoGradient) {
  const at::Tensor kl = at::zeros({3}).requires_grad_(true);
  EXPECT_FALSE(
      shape_rewards({1, 2}, kl, tensor::Spans::from_lengths({2, 1}), 0.5, 1).requires_grad());
}

TEST(ShapeRewards, RefuseWhatDoesNotBelongTogether) {
  const auto spans = tensor::Spans::from_lengths({2, 1});
  EXPECT_THROW(shape_rewards({1, 2}, at::zeros({4}), spans, 1, 1), InternalError);
  EXPECT_THROW(shape_rewards({1}, at::zeros({3}), spans, 1, 1), InternalError);
  EXPECT_THROW(shape_rewards({1, 2}, at::zeros({3}), tensor::Spans::from_lengths({3, 0}), 1, 1),
               InternalError);
}

}  // namespace
}  // namespace plumbline::rl
