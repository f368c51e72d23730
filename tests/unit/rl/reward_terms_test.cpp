#include "plumbline/rl/reward_terms.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

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

SequenceTerms two_answers() {
  return {
      .model_score = {1, 2}, .missing_end = {0, -8}, .length = {-0.5, -1}, .correctness = {2, 0}};
}

TEST(ShapeRewards, TermsArriveWithTheLastTokenAndKlWithEach) {
  const at::Tensor kl = at::tensor({0.1F, 0.2F, 0.3F});
  const auto shaped =
      shape_rewards(two_answers(), kl, tensor::Spans::from_lengths({2, 1}), 0.5, 10);
  const at::Tensor expected = at::tensor({-0.5F, 10 * (-0.1F + 2.5F), 10 * (-0.15F - 7.0F)});
  EXPECT_TRUE(at::allclose(shaped.rewards, expected)) << shaped.rewards;
  EXPECT_NEAR(shaped.kl_sum, -0.3, 1e-6);
}

TEST(ShapeRewards, SumsToTheTermsWhatevertheLengths) {
  const at::Tensor kl = at::linspace(0, 1, 7);
  const auto shaped = shape_rewards(two_answers(), kl, tensor::Spans::from_lengths({3, 4}), 0.2, 1);
  EXPECT_NEAR(shaped.rewards.sum().item<double>(), 2.5 - 7 - 0.2 * 3.5, 1e-5);
}

TEST(ShapeRewards, RefusesWhatDoesNotBelongTogether) {
  const auto spans = tensor::Spans::from_lengths({2, 1});
  EXPECT_THROW(shape_rewards(two_answers(), at::zeros({4}), spans, 1, 1), InternalError);
  EXPECT_THROW(shape_rewards({}, at::zeros({3}), spans, 1, 1), InternalError);
  EXPECT_THROW(
      shape_rewards(two_answers(), at::zeros({3}), tensor::Spans::from_lengths({3, 0}), 1, 1),
      InternalError);
}

}  // namespace
}  // namespace plumbline::rl
