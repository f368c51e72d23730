#include "plumbline/rl/preference.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::rl {
namespace {

double log_sigmoid(double x) { return -std::log1p(std::exp(-x)); }

TEST(BradleyTerry, HandWorked) {
  const at::Tensor better = at::tensor({1.0, 0.5}, at::kDouble),
                   worse = at::tensor({0.25, 2.0}, at::kDouble);
  const auto result = bradley_terry(better, worse, {.center_coef = 0});
  EXPECT_NEAR(result.loss.item<double>(), -(log_sigmoid(0.75) + log_sigmoid(-1.5)) / 2, 1e-12);
  EXPECT_EQ(result.stats.accuracy, 0.5);
  EXPECT_NEAR(result.stats.score_gap, (0.75 - 1.5) / 2, 1e-12);
  EXPECT_NEAR(result.stats.mean_score, 3.75 / 4, 1e-12);
}

TEST(BradleyTerry, MarginSmoothingAndCentringHaveTheirTerms) {
  const at::Tensor better = at::tensor({1.0}, at::kDouble), worse = at::tensor({0.0}, at::kDouble);
  const auto result =
      bradley_terry(better, worse, {.margin = 0.5, .label_smoothing = 0.1, .center_coef = 0.01});
  EXPECT_NEAR(result.loss.item<double>(), -0.9 * log_sigmoid(0.5) - 0.1 * log_sigmoid(-0.5) + 0.01,
              1e-12);
}

TEST(BradleyTerry, GradientPullsThePairApart) {
  const at::Tensor better = at::tensor({0.0}, at::kDouble).requires_grad_(true);
  const at::Tensor worse = at::tensor({0.0}, at::kDouble).requires_grad_(true);
  bradley_terry(better, worse, {.center_coef = 0}).loss.backward();
  EXPECT_NEAR(better.grad()[0].item<double>(), -0.5, 1e-12);
  EXPECT_NEAR(worse.grad()[0].item<double>(), 0.5, 1e-12);
}

TEST(PreferenceStats, TiesCountHalf) {
  const auto stats = preference_stats(at::tensor({1.0F, 2.0F}), at::tensor({1.0F, 0.0F}));
  EXPECT_EQ(stats.accuracy, 0.75);
}

}  // namespace
}  // namespace plumbline::rl
