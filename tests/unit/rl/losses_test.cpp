#include "plumbline/rl/losses.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

at::Tensor row(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

struct PolicyCase {
  double ratio, advantage, dual, loss;
  double gradient;  // of the loss in logp
};

class PolicyLossCases : public testing::TestWithParam<PolicyCase> {};

TEST_P(PolicyLossCases, LossAndGradient) {
  const auto& c = GetParam();
  constexpr double kWeight = 0.25;
  const at::Tensor logp = row({std::log(c.ratio)}).requires_grad_(true);
  const auto loss = policy_loss(logp, row({0}), row({c.advantage}), row({kWeight}),
                                {.range = 0.2, .dual = c.dual});
  loss.loss.backward();
  EXPECT_NEAR(loss.loss.item<double>(), kWeight * c.loss, 1e-9);
  EXPECT_NEAR(logp.grad()[0].item<double>(), kWeight * c.gradient, 1e-9);
  EXPECT_EQ(loss.stats.clip_fraction, std::abs(c.ratio - 1) > 0.2 ? kWeight : 0);
  EXPECT_NEAR(loss.stats.ratio_mean, kWeight * c.ratio, 1e-9);
  EXPECT_NEAR(loss.stats.approx_kl, kWeight * (c.ratio - 1 - std::log(c.ratio)), 1e-9);
}

// Inside the clip range, beyond it where the gain is cut, and beyond it where the loss is not.
INSTANTIATE_TEST_SUITE_P(
    HandWorked, PolicyLossCases,
    testing::Values(PolicyCase{1.1, 2, 0, -2.2, -2.2}, PolicyCase{1.1, -2, 0, 2.2, 2.2},
                    PolicyCase{1.5, 2, 0, -2.4, 0}, PolicyCase{1.5, -2, 0, 3, 3},
                    PolicyCase{0.5, 2, 0, -1, -1}, PolicyCase{0.5, -2, 0, 1.6, 0}));

// A bad answer loses at most -A * 3, and does not move beyond; a good one and the clipped branch
// do not know of the bound.
INSTANTIATE_TEST_SUITE_P(DualClip, PolicyLossCases,
                         testing::Values(PolicyCase{4, -2, 3, 6, 0}, PolicyCase{4, -2, 0, 8, 8},
                                         PolicyCase{2.5, -2, 3, 5, 5}, PolicyCase{4, 2, 3, -2.4, 0},
                                         PolicyCase{0.5, -2, 3, 1.6, 0},
                                         PolicyCase{1.1, 2, 3, -2.2, -2.2},
                                         PolicyCase{4, 0, 3, 0, 0}));

TEST(PolicyLoss, FirstMinibatchHasRatioOneAndNoClipping) {
  const at::Tensor logp = at::tensor({-1.0F, -2.0F});
  const auto loss =
      policy_loss(logp, logp, at::tensor({1.0F, -3.0F}), at::tensor({0.5F, 0.5F}), {.range = 0.2});
  EXPECT_EQ(loss.stats.ratio_mean, 1);
  EXPECT_EQ(loss.stats.clip_fraction, 0);
  EXPECT_EQ(loss.stats.approx_kl, 0);
  EXPECT_NEAR(loss.loss.item<double>(), 1, 1e-6);
}

TEST(PolicyLoss, SplitsExactly) {
  const at::Tensor logp = at::linspace(-1, 0.5, 8, at::kDouble);
  const at::Tensor old = at::linspace(-0.8, -0.6, 8, at::kDouble);
  const at::Tensor adv = at::linspace(2, -2, 8, at::kDouble);
  const at::Tensor weights = row({.1, .1, .05, .05, .3, .2, .1, .1});
  const PolicyClip clip{.range = 0.2, .dual = 1.5};
  const auto whole_logp = logp.clone().requires_grad_(true);
  const auto parts_logp = logp.clone().requires_grad_(true);
  const PolicyLoss whole = policy_loss(whole_logp, old, adv, weights, clip);
  whole.loss.backward();
  double sum = 0;
  PolicyStats stats;
  for (const auto& [first, last] : {std::pair(0, 1), std::pair(1, 5), std::pair(5, 8)}) {
    const auto part = [&](const at::Tensor& x) { return x.slice(0, first, last); };
    const auto loss = policy_loss(part(parts_logp), part(old), part(adv), part(weights), clip);
    loss.loss.backward();
    sum += loss.loss.item<double>();
    stats.approx_kl += loss.stats.approx_kl;
    stats.clip_fraction += loss.stats.clip_fraction;
    stats.ratio_mean += loss.stats.ratio_mean;
  }
  EXPECT_NEAR(sum, whole.loss.item<double>(), 1e-12);
  EXPECT_TRUE(support::is_close(parts_logp.grad(), whole_logp.grad(), 1e-12));
  EXPECT_NEAR(stats.approx_kl, whole.stats.approx_kl, 1e-12);
  EXPECT_NEAR(stats.clip_fraction, whole.stats.clip_fraction, 1e-12);
  EXPECT_NEAR(stats.ratio_mean, whole.stats.ratio_mean, 1e-12);
  EXPECT_GT(whole.stats.clip_fraction, 0);
}

TEST(PolicyLoss, RefusesSizesThatDisagree) {
  const at::Tensor two = at::zeros({2}), three = at::zeros({3});
  EXPECT_THROW(policy_loss(three, two, three, three, {}), InternalError);
  EXPECT_THROW(policy_loss(three, three, two, three, {}), InternalError);
  EXPECT_THROW(policy_loss(three, three, three, two, {}), InternalError);
  EXPECT_THROW(policy_loss(three, three, three, at::ones({1}), {}), InternalError);
}

// v 1.0, old 0.5, range 0.2: clipped to 0.7. Return 1.1: errors 0.01 and 0.16. Return 0.6: 0.16 and
// 0.01. Below its old value: v 0, old 0.5, clipped to 0.3. Return 0: errors 0 and 0.09.
const at::Tensor& old_values() {
  static const at::Tensor values = row({0.5, 0.5, 0.5});
  return values;
}

TEST(ValueLoss, TakesTheLargerErrorOfPlainAndClipped) {
  const at::Tensor v = row({1, 1, 0}).requires_grad_(true);
  const auto loss = value_loss(v, old_values(), row({1.1, 0.6, 0}), row({.5, .25, .25}), 0.2);
  EXPECT_NEAR(loss.loss.item<double>(), 0.5 * (0.5 * 0.16 + 0.25 * 0.16 + 0.25 * 0.09), 1e-9);
  EXPECT_EQ(loss.stats.clip_fraction, 0.75);
  EXPECT_NEAR(loss.stats.error, 0.5 * 0.01 + 0.25 * 0.16, 1e-9);
  loss.loss.backward();
  // The clipped branch does not move with v; the other by weight * (v - return).
  EXPECT_TRUE(support::is_close(v.grad(), row({0, 0.25 * 0.4, 0}), 1e-9)) << v.grad();
}

TEST(ValueLoss, WithoutClipIsHalfTheSquare) {
  const at::Tensor v = row({1, 1, 0}).requires_grad_(true);
  const auto loss = value_loss(v, old_values(), row({1.1, 0.6, 1}), row({.5, .25, .25}), 0);
  EXPECT_NEAR(loss.loss.item<double>(), 0.5 * (0.5 * 0.01 + 0.25 * 0.16 + 0.25), 1e-9);
  EXPECT_EQ(loss.stats.clip_fraction, 0);
  EXPECT_NEAR(loss.stats.error, 2 * loss.loss.item<double>(), 1e-9);
  loss.loss.backward();
  EXPECT_TRUE(support::is_close(v.grad(), row({-0.05, 0.1, -0.25}), 1e-9)) << v.grad();
}

TEST(ValueLoss, WithinItsRangeIsThatWithoutClip) {
  const at::Tensor v = row({0.6, 0.45, 0.5}), returns = row({2, -1, 0.5});
  const at::Tensor weights = row({.2, .3, .5});
  const auto of = [&](double range) {
    const at::Tensor input = v.clone().requires_grad_(true);
    const auto loss = value_loss(input, old_values(), returns, weights, range);
    loss.loss.backward();
    return std::pair(loss.loss.item<double>(), input.grad());
  };
  const auto wide = of(0.2), plain = of(0);
  EXPECT_NEAR(wide.first, plain.first, 1e-12);
  EXPECT_TRUE(support::is_close(wide.second, plain.second, 1e-12));
}

TEST(ValueLoss, SplitsExactly) {
  const at::Tensor v = at::linspace(-1, 1, 6, at::kDouble), old = at::zeros({6}, at::kDouble);
  const at::Tensor returns = row({1, -1, .5, -.5, 0, 2}), weights = row({.1, .2, .3, .1, .1, .2});
  const auto whole = value_loss(v, old, returns, weights, 0.3);
  double loss = 0, clipped = 0, error = 0;
  for (const auto& [first, last] : {std::pair(0, 2), std::pair(2, 3), std::pair(3, 6)}) {
    const auto part = [&](const at::Tensor& x) { return x.slice(0, first, last); };
    const auto one = value_loss(part(v), part(old), part(returns), part(weights), 0.3);
    loss += one.loss.item<double>();
    clipped += one.stats.clip_fraction;
    error += one.stats.error;
  }
  EXPECT_NEAR(loss, whole.loss.item<double>(), 1e-12);
  EXPECT_NEAR(clipped, whole.stats.clip_fraction, 1e-12);
  EXPECT_NEAR(error, whole.stats.error, 1e-12);
}

TEST(ValueLoss, RefusesSizesThatDisagree) {
  const at::Tensor two = at::zeros({2}), three = at::zeros({3});
  EXPECT_THROW(value_loss(three, two, three, three, 0.2), InternalError);
  EXPECT_THROW(value_loss(three, three, two, three, 0.2), InternalError);
  EXPECT_THROW(value_loss(three, three, three, two, 0), InternalError);
}

TEST(PositionWeights, HandWorked) {
  const auto answers = tensor::Spans::from_lengths({1, 3});
  // A part of a minibatch of 8 positions and 5 answers.
  EXPECT_TRUE(
      support::is_close(position_weights(answers, false, 8, 5), at::full({4}, 0.125), 1e-7));
  EXPECT_TRUE(support::is_close(position_weights(answers, true, 8, 5),
                                row({1.0 / 5, 1.0 / 15, 1.0 / 15, 1.0 / 15}), 1e-7));
}

// Micro-batches and processes divide by the numbers of the whole minibatch.
TEST(PositionWeights, SumToOneOverAMinibatchHoweverItIsSplit) {
  const auto whole = tensor::Spans::from_lengths({4, 1, 7, 0, 2, 2});
  for (const bool by_answer : {false, true}) {
    // An answer without positions cannot count.
    const double num_answers = 5, num_positions = 16;
    const at::Tensor together = position_weights(whole, by_answer, num_positions, num_answers);
    EXPECT_NEAR(together.sum().item<double>(), 1, 1e-6);
    const at::Tensor parts =
        at::cat({position_weights(whole.slice(0, 1), by_answer, num_positions, num_answers),
                 position_weights(whole.slice(1, 3), by_answer, num_positions, num_answers),
                 position_weights(whole.slice(4, 2), by_answer, num_positions, num_answers)});
    EXPECT_TRUE(at::equal(parts, together));
    EXPECT_EQ(together.scalar_type(), at::kFloat);
  }
}

TEST(PositionWeights, ByAnswerEachAnswerCountsAlike) {
  const auto answers = tensor::Spans::from_lengths({4, 1, 7});
  const at::Tensor weights = position_weights(answers, true, 12, 3);
  for (int64_t s = 0; s < answers.size(); ++s) {
    const at::Tensor own = weights.slice(0, answers.begin(s), answers.end(s));
    EXPECT_NEAR(own.sum().item<double>(), 1.0 / 3, 1e-6);
  }
}

// exp(100) is infinite in float32; the clipped branch has no gradient, which must not become NaN.
TEST(PolicyLoss, AnImmenseRatioIsClippedWithoutNaN) {
  const at::Tensor logp = at::tensor({100.0F}).requires_grad_(true);
  const auto loss = policy_loss(logp, at::zeros({1}), at::ones({1}), at::ones({1}), {.range = 0.2});
  EXPECT_NEAR(loss.loss.item<double>(), -1.2, 1e-6);
  loss.loss.backward();
  EXPECT_EQ(logp.grad()[0].item<double>(), 0);
}

}  // namespace
}  // namespace plumbline::rl
