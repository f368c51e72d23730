#include "plumbline/rl/group_advantages.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "plumbline/base/error.h"
#include "plumbline/rl/whiten.h"
#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::Pointwise;

constexpr double kRounding = 1e-12;

auto near(const std::vector<double>& expected, double tolerance = kRounding) {
  return Pointwise(testing::DoubleNear(tolerance), expected);
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<double> moved(std::vector<double> values, double shift, double scale) {
  for (double& value : values) value = shift + scale * value;
  return values;
}

TEST(Rloo, HandWorked) {
  // 1 - (2 + 6) / 2, 2 - (1 + 6) / 2, 6 - (1 + 2) / 2; the second group: 0 - (4 - 1) / 2 ...
  EXPECT_THAT(rloo({1, 2, 6, 0, 4, -1}, 3), near({-3, -1.5, 4.5, -1.5, 4.5, -3}));
  EXPECT_THAT(rloo({1, 4}, 2), near({-3, 3}));
}

TEST(Grpo, HandWorked) {
  // Mean 3, population deviation sqrt(14 / 3); mean 1, deviation 2.
  const double deviation = std::sqrt(14.0 / 3) + 1e-4;
  EXPECT_THAT(grpo({1, 2, 6}, 3), near({-2 / deviation, -1 / deviation, 3 / deviation}));
  EXPECT_THAT(grpo({3, -1, 10, 10.5}, 2),
              near({2 / 2.0001, -2 / 2.0001, -0.25 / 0.2501, 0.25 / 0.2501}));
}

TEST(GroupAdvantages, SumToZeroInEachGroupAndDoNotSeeOtherGroups) {
  const std::vector<double> one = {0.3, -2, 5, 0.7}, other = {100, 101, 99, -7};
  std::vector<double> both = one;
  both.insert(both.end(), other.begin(), other.end());
  for (const auto& estimator : {rloo, grpo}) {
    const auto advantages = estimator(both, 4);
    EXPECT_THAT(std::vector(advantages.begin(), advantages.begin() + 4), near(estimator(one, 4)));
    EXPECT_THAT(std::vector(advantages.begin() + 4, advantages.end()), near(estimator(other, 4)));
    EXPECT_NEAR(sum(estimator(one, 4)), 0, kRounding);
    EXPECT_NEAR(sum(estimator(other, 4)), 0, 1e-10);
  }
}

TEST(GroupAdvantages, DoNotSeeWhatAllOfAGroupHave) {
  const std::vector<double> rewards = {0.5, -2, 5, 0.75};
  for (const auto& estimator : {rloo, grpo}) {
    EXPECT_THAT(estimator(moved(rewards, 3, 1), 4), near(estimator(rewards, 4)));
  }
  // Scale: RLOO's follow, GRPO's but for the small number do not.
  EXPECT_THAT(rloo(moved(rewards, 0, 8), 4), near(moved(rloo(rewards, 4), 0, 8)));
  EXPECT_THAT(grpo(moved(rewards, 0, 8), 4), near(grpo(rewards, 4), 1e-4));
}

TEST(GroupAdvantages, AreZeroForEqualRewards) {
  for (const auto& estimator : {rloo, grpo}) {
    EXPECT_THAT(estimator({0.1, 0.1, 0.1, 1e3, 1e3, 1e3}, 3), Each(DoubleNear(0, 1e-9)));
  }
}

TEST(GroupAdvantages, RefuseGroupsThatAreNotWhole) {
  for (const auto& estimator : {rloo, grpo}) {
    EXPECT_THROW(estimator({1, 2, 3}, 2), InternalError);
    EXPECT_THROW(estimator({1, 2}, 1), InternalError);
    EXPECT_THROW(estimator({1, 2}, 0), InternalError);
    EXPECT_THROW(estimator({1, 2}, -2), InternalError);
    EXPECT_THAT(estimator({}, 2), testing::IsEmpty());
  }
}

TEST(RewardsToGo, EqualADoubleLoop) {
  const at::Tensor rewards = at::tensor({.3F, -1.0F, 2.0F, .5F, .25F, -.75F});
  const auto answers = tensor::Spans::from_lengths({2, 1, 0, 3});
  for (const double gamma : {1.0, 0.9, 0.0}) {
    const at::Tensor to_go = rewards_to_go(rewards, answers, gamma);
    EXPECT_EQ(to_go.scalar_type(), at::kFloat);
    for (int64_t s = 0; s < answers.size(); ++s) {
      for (int64_t t = answers.begin(s); t < answers.end(s); ++t) {
        double expected = 0;
        for (int64_t k = t; k < answers.end(s); ++k) {
          expected += std::pow(gamma, static_cast<double>(k - t)) * rewards[k].item<double>();
        }
        EXPECT_NEAR(to_go[t].item<double>(), expected, 1e-6);
      }
    }
  }
}

TEST(SpreadOver, GivesEachPositionItsAnswersNumber) {
  const at::Tensor spread = spread_over({1.5, 7, -2}, tensor::Spans::from_lengths({2, 0, 3}));
  EXPECT_TRUE(at::equal(spread, at::tensor({1.5F, 1.5F, -2.0F, -2.0F, -2.0F}))) << spread;
  EXPECT_EQ(spread.scalar_type(), at::kFloat);
  EXPECT_EQ(spread_over({}, tensor::Spans()).numel(), 0);
}

TEST(SumsOf, AddsAnAnswersPositions) {
  const at::Tensor per_position = at::tensor({1.0F, 2.0F, 4.0F, 8.0F, 16.0F});
  EXPECT_THAT(sums_of(per_position, tensor::Spans::from_lengths({2, 0, 3})), near({3, 0, 28}));
  EXPECT_THAT(sums_of(at::empty({0}), tensor::Spans()), testing::IsEmpty());
}

// An answer's share, spread over its positions, adds up to the answer's number again; and what is
// spread is the mean of its positions.
TEST(SumsOf, UndoesSpreadOver) {
  const std::vector<double> of_answers = {1.5, -2, 0.25};
  const auto answers = tensor::Spans::from_lengths({4, 1, 2});
  EXPECT_THAT(sums_of(spread_over({1.5 / 4, -2, 0.25 / 2}, answers), answers), near(of_answers));
  const at::Tensor spread = spread_over(of_answers, answers);
  const at::Tensor lengths = at::tensor(answers.lengths(), at::kDouble);
  const at::Tensor means = at::tensor(sums_of(spread, answers), at::kDouble) / lengths;
  EXPECT_TRUE(support::is_close(means, at::tensor(of_answers, at::kDouble), kRounding));
}

}  // namespace
}  // namespace plumbline::rl
