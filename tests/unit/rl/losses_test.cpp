#include "plumbline/rl/losses.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::rl {
namespace {

struct PolicyCase {
  double ratio, advantage, loss;
  double gradient;  // of the loss in logp
};

class PolicyLossCases : public testing::TestWithParam<PolicyCase> {};

TEST_P(PolicyLossCases, LossAndGradient) {
  const auto& c = GetParam();
  const at::Tensor logp = at::tensor({std::log(c.ratio)}, at::kDouble).requires_grad_(true);
  const auto loss =
      policy_loss(logp, at::zeros({1}, at::kDouble), at::tensor({c.advantage}, at::kDouble), 0.2);
  loss.loss_sum.backward();
  EXPECT_NEAR(loss.loss_sum.item<double>(), c.loss, 1e-9);
  EXPECT_NEAR(logp.grad()[0].item<double>(), c.gradient, 1e-9);
  EXPECT_EQ(loss.stats.clip_fraction, std::abs(c.ratio - 1) > 0.2 ? 1 : 0);
  EXPECT_NEAR(loss.stats.ratio_mean, c.ratio, 1e-9);
  EXPECT_NEAR(loss.stats.approx_kl, c.ratio - 1 - std::log(c.ratio), 1e-9);
}

// Inside the clip range, beyond it where the gain is cut, and beyond it where the loss is not.
INSTANTIATE_TEST_SUITE_P(HandWorked, PolicyLossCases,
                         testing::Values(PolicyCase{1.1, 2, -2.2, -2.2},
                                         PolicyCase{1.1, -2, 2.2, 2.2}, PolicyCase{1.5, 2, -2.4, 0},
                                         PolicyCase{1.5, -2, 3, 3}, PolicyCase{0.5, 2, -1, -1},
                                         PolicyCase{0.5, -2, 1.6, 0}));

TEST(PolicyLoss, FirstMinibatchHasRatioOneAndNoClipping) {
  const at::Tensor logp = at::tensor({-1.0F, -2.0F});
  const auto loss = policy_loss(logp, logp, at::tensor({1.0F, -3.0F}), 0.2);
  EXPECT_EQ(loss.stats.ratio_mean, 1);
  EXPECT_EQ(loss.stats.clip_fraction, 0);
  EXPECT_EQ(loss.stats.approx_kl, 0);
  EXPECT_NEAR(loss.loss_sum.item<double>(), 2, 1e-6);
}

TEST(PolicyLoss, SplitsExactly) {
  const at::Tensor a = at::linspace(-1, 0, 8, at::kDouble),
                   b = at::linspace(-0.8, -0.3, 8, at::kDouble);
  const at::Tensor adv = at::linspace(-2, 2, 8, at::kDouble);
  double sum = 0;
  for (int64_t i = 0; i < 8; i += 2) {
    sum += policy_loss(a.slice(0, i, i + 2), b.slice(0, i, i + 2), adv.slice(0, i, i + 2), 0.2)
               .loss_sum.item<double>();
  }
  EXPECT_NEAR(sum, policy_loss(a, b, adv, 0.2).loss_sum.item<double>(), 1e-12);
}

TEST(ValueLoss, TakesTheLargerErrorOfPlainAndClipped) {
  // v 1.0, old 0.5, range 0.2: clipped to 0.7. Return 1.1: errors 0.01 and 0.16. Return 0.6: 0.16
  // and 0.01.
  const at::Tensor v = at::tensor({1.0, 1.0}, at::kDouble).requires_grad_(true);
  const auto loss =
      value_loss(v, at::tensor({0.5, 0.5}, at::kDouble), at::tensor({1.1, 0.6}, at::kDouble), 0.2);
  EXPECT_NEAR(loss.loss_sum.item<double>(), 0.5 * (0.16 + 0.16), 1e-9);
  EXPECT_EQ(loss.stats.clip_fraction, 0.5);
  loss.loss_sum.backward();
  EXPECT_NEAR(v.grad()[0].item<double>(), 0, 1e-9);    // the clipped branch does not move with v
  EXPECT_NEAR(v.grad()[1].item<double>(), 0.4, 1e-9);  // v - return
}

TEST(ExplainedVariance, IsOneForPerfectAndZeroForConstantValues) {
  const at::Tensor returns = at::tensor({1.0F, 2.0F, 4.0F});
  EXPECT_NEAR(explained_variance(returns, returns), 1, 1e-12);
  EXPECT_NEAR(explained_variance(at::full({3}, 5.0F), returns), 0, 1e-12);
  EXPECT_LT(explained_variance(-returns, returns), 0);
  EXPECT_EQ(explained_variance(returns, at::ones({3})), 0);
}

}  // namespace
}  // namespace plumbline::rl
