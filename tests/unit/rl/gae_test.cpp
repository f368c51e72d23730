#include "plumbline/rl/gae.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

// The definition itself: A_t = sum_k (gamma lambda)^k delta_{t+k}, one sequence at a time.
std::vector<double> by_definition(const std::vector<double>& r, const std::vector<double>& v,
                                  double gamma, double lambda) {
  std::vector<double> result(r.size());
  for (size_t t = 0; t < r.size(); ++t) {
    for (size_t k = t; k < r.size(); ++k) {
      const double next = k + 1 < r.size() ? v[k + 1] : 0;
      result[t] +=
          std::pow(gamma * lambda, static_cast<double>(k - t)) * (r[k] + gamma * next - v[k]);
    }
  }
  return result;
}

TEST(Gae, HandWorked) {
  // Last: 1 - 0.5 = 0.5. First: 0 + 0.9 * 0.5 - 0.2 + 0.9 * 0.8 * 0.5 = 0.61.
  const auto result = gae(at::tensor({0.0F, 1.0F}), at::tensor({0.2F, 0.5F}),
                          tensor::Spans::from_lengths({2}), 0.9, 0.8);
  EXPECT_NEAR(result.advantages[1].item<double>(), 0.5, 1e-6);
  EXPECT_NEAR(result.advantages[0].item<double>(), 0.61, 1e-6);
  EXPECT_NEAR(result.returns[0].item<double>(), 0.81, 1e-6);
  EXPECT_NEAR(result.returns[1].item<double>(), 1.0, 1e-6);
}

TEST(Gae, EqualsTheDefinitionAndCrossesNoBoundary) {
  const std::vector<double> r = {.3, -1, 2, .5, .25, -.75}, v = {.1, .2, -.3, .9, -.4, .6};
  const auto result = gae(at::tensor(r, at::kFloat), at::tensor(v, at::kFloat),
                          tensor::Spans::from_lengths({2, 1, 3}), 0.95, 0.7);
  size_t first = 0;
  for (const size_t length : {2U, 1U, 3U}) {
    const auto expected = by_definition({r.begin() + first, r.begin() + first + length},
                                        {v.begin() + first, v.begin() + first + length}, 0.95, 0.7);
    for (size_t t = 0; t < length; ++t) {
      EXPECT_NEAR(result.advantages[static_cast<int64_t>(first + t)].item<double>(), expected[t],
                  1e-6);
    }
    first += length;
  }
}

TEST(Gae, WithoutDiscountReturnsAreTheRewardsStillToCome) {
  const auto result = gae(at::tensor({1.0F, 2.0F, 4.0F}), at::tensor({9.0F, -3.0F, 5.0F}),
                          tensor::Spans::from_lengths({3}), 1, 1);
  EXPECT_TRUE(at::allclose(result.returns, at::tensor({7.0F, 6.0F, 4.0F})));
}

TEST(Gae, WithLambdaZeroIsTheErrorOfOneStep) {
  const at::Tensor r = at::tensor({1.0F, 2.0F, 4.0F}), v = at::tensor({9.0F, -3.0F, 5.0F});
  const auto result = gae(r, v, tensor::Spans::from_lengths({2, 1}), 0.5, 0);
  EXPECT_TRUE(at::allclose(result.advantages, at::tensor({1 - 1.5F - 9, 2.0F + 3, 4.0F - 5})));
}

TEST(Gae, PassesNoGradientAndTakesEmptyAnswers) {
  const at::Tensor v = at::ones({2}).requires_grad_(true);
  const auto result = gae(at::ones({2}), v, tensor::Spans::from_lengths({0, 2, 0}), 1, 1);
  EXPECT_FALSE(result.advantages.requires_grad());
  EXPECT_FALSE(result.returns.requires_grad());
  EXPECT_TRUE(at::equal(result.returns, at::tensor({2.0F, 1.0F})));
}

TEST(Gae, RefusesSizesThatDisagree) {
  EXPECT_THROW(gae(at::zeros({3}), at::zeros({2}), tensor::Spans::from_lengths({3}), 1, 1),
               InternalError);
  EXPECT_THROW(gae(at::zeros({3}), at::zeros({3}), tensor::Spans::from_lengths({2}), 1, 1),
               InternalError);
}

}  // namespace
}  // namespace plumbline::rl
