#include "plumbline/rl/preference.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

double log_sigmoid(double x) { return -std::log1p(std::exp(-x)); }

at::Tensor row(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

PairTargets targets(const std::vector<double>& first, const std::vector<double>& weight,
                    const std::vector<double>& margin) {
  return {.first = row(first), .weight = row(weight), .margin = row(margin)};
}

TEST(PairLoss, HandWorked) {
  const at::Tensor first = row({1.0, 0.5}), second = row({0.25, 2.0});
  // The second pair is won by its second answer, whose score leads by 1.5.
  const auto loss = pair_loss_sum(first, second, targets({1, 0}, {1, 1}, {0, 0}), 0);
  EXPECT_NEAR(loss.item<double>(), -log_sigmoid(0.75) - log_sigmoid(1.5), 1e-12);
}

TEST(PairLoss, WeightsMarginsTiesAndSmoothingHaveTheirTerms) {
  const at::Tensor first = row({1.0}), second = row({0.0});
  const auto of = [&](double q, double weight, double margin, double smoothing) {
    return pair_loss_sum(first, second, targets({q}, {weight}, {margin}), smoothing).item<double>();
  };
  EXPECT_NEAR(of(1, 3, 0, 0), -3 * log_sigmoid(1), 1e-12);
  EXPECT_NEAR(of(1, 1, 0.4, 0), -log_sigmoid(0.6), 1e-12);
  EXPECT_NEAR(of(0, 1, 0.4, 0), -log_sigmoid(-1.4), 1e-12);
  EXPECT_NEAR(of(0.5, 1, 0, 0), -(log_sigmoid(1) + log_sigmoid(-1)) / 2, 1e-12);
  EXPECT_NEAR(of(1, 1, 0, 0.1), -0.9 * log_sigmoid(1) - 0.1 * log_sigmoid(-1), 1e-12);
}

TEST(PairLoss, SwappingAnswersAndTargetsChangesNothing) {
  const at::Tensor a = row({1.0, -2.0, 0.3}), b = row({0.5, 0.7, 0.3});
  const auto straight = pair_loss_sum(a, b, targets({1, 0.25, 0.5}, {1, 2, 1}, {0, 1, 0.5}), 0.2);
  const auto swapped = pair_loss_sum(b, a, targets({0, 0.75, 0.5}, {1, 2, 1}, {0, 1, 0.5}), 0.2);
  EXPECT_NEAR(straight.item<double>(), swapped.item<double>(), 1e-12);
}

TEST(PairLoss, GradientPullsThePairApart) {
  const at::Tensor first = row({0.0}).requires_grad_(true);
  const at::Tensor second = row({0.0}).requires_grad_(true);
  pair_loss_sum(first, second, targets({0}, {1}, {0}), 0).backward();
  EXPECT_NEAR(first.grad()[0].item<double>(), 0.5, 1e-12);
  EXPECT_NEAR(second.grad()[0].item<double>(), -0.5, 1e-12);
}

TEST(PairLoss, RefusesOtherShapes) {
  EXPECT_THROW(pair_loss_sum(row({1}), row({1, 2}), targets({1}, {1}, {0}), 0), InternalError);
  EXPECT_THROW(pair_loss_sum(row({1, 2}), row({1, 2}), targets({1}, {1}, {0}), 0), InternalError);
}

TEST(Centre, AbsoluteIsOfTheMeanSquaredIsOfEachPair) {
  const at::Tensor a = row({1.0, -2.0}), b = row({0.5, 0.0});
  EXPECT_NEAR(absolute_centre(a, b).item<double>(), 0.25, 1e-12);
  EXPECT_NEAR(squared_centre(a, b).item<double>(), (1.5 * 1.5 + 4) / 2, 1e-12);
}

TEST(PreferenceSums, CountDecidedPairs) {
  // Right, wrong, equal scores, a tie.
  const auto sums = preference_sums(row({2, 2, 1, 5}), row({1, 1, 1, 0}), row({1, 0.2, 0, 0.5}));
  EXPECT_EQ(sums.pairs, 4);
  EXPECT_EQ(sums.decided, 3);
  EXPECT_EQ(sums.right, 1.5);
  EXPECT_EQ(sums.gap, 1 - 1 + 0);
  EXPECT_EQ(sums.score, 13);
  EXPECT_EQ(sums.score_squares, 4 + 4 + 1 + 25 + 1 + 1 + 1);
  EXPECT_EQ(sums.first, 3);
}

}  // namespace
}  // namespace plumbline::rl
