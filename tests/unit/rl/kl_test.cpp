#include "plumbline/rl/kl.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

TEST(Kl, HandWorkedForBothSigns) {
  const at::Tensor logp = at::tensor({-1.0F, -2.0F}), ref = at::tensor({-1.5F, -1.5F});
  const auto kl = [&](KlEstimator e, int64_t i) {
    return kl_per_token(logp, ref, e)[i].item<double>();
  };
  EXPECT_NEAR(kl(KlEstimator::K1, 0), 0.5, 1e-6);
  EXPECT_NEAR(kl(KlEstimator::K1, 1), -0.5, 1e-6);
  EXPECT_NEAR(kl(KlEstimator::K1Clamped, 0), 0.5, 1e-6);
  EXPECT_EQ(kl(KlEstimator::K1Clamped, 1), 0);
  EXPECT_NEAR(kl(KlEstimator::K2, 1), 0.125, 1e-6);
  EXPECT_NEAR(kl(KlEstimator::K3, 0), std::exp(-0.5) - 1 + 0.5, 1e-6);
  EXPECT_NEAR(kl(KlEstimator::K3, 1), std::exp(0.5) - 1 - 0.5, 1e-6);
}

TEST(Kl, IsZeroAgainstItself) {
  const at::Tensor logp = at::tensor({-0.1F, -3.0F});
  for (const auto e : {KlEstimator::K1, KlEstimator::K1Clamped, KlEstimator::K2, KlEstimator::K3}) {
    EXPECT_EQ(kl_per_token(logp, logp, e).abs().max().item<double>(), 0);
  }
}

// By the log-probability: 1, [d > 0], d, 1 - exp(-d). GRPO has them in its loss.
TEST(Kl, GradientsHandWorked) {
  const at::Tensor ref = at::tensor({-1.5F, -1.5F});
  const auto gradient = [&](KlEstimator e) {
    const at::Tensor logp = at::tensor({-1.0F, -2.0F}).requires_grad_(true);
    kl_per_token(logp, ref, e).sum().backward();
    return logp.grad();
  };
  const auto close = [](const at::Tensor& a, double first, double second) {
    return support::is_close(a, at::tensor({first, second}, at::kDouble), 1e-6);
  };
  EXPECT_TRUE(close(gradient(KlEstimator::K1), 1, 1));
  EXPECT_TRUE(close(gradient(KlEstimator::K1Clamped), 1, 0));
  EXPECT_TRUE(close(gradient(KlEstimator::K2), 0.5, -0.5));
  EXPECT_TRUE(close(gradient(KlEstimator::K3), 1 - std::exp(-0.5), 1 - std::exp(0.5)));
}

// As exp(-d) - 1 + d, nothing would be left of it.
TEST(Kl, K3OfAlmostEqualLogProbabilities) {
  const at::Tensor d = at::tensor({1e-3F, -1e-3F, 1e-4F, -1e-4F});
  const at::Tensor kl = kl_per_token(d, at::zeros({4}), KlEstimator::K3);
  const at::Tensor wide = d.to(at::kDouble);
  const at::Tensor expected = wide.square() / 2 - wide.pow(3) / 6;
  EXPECT_LT((kl / expected - 1).abs().max().item<double>(), 2e-3) << kl;
}

TEST(Kl, RefusesSizesThatDisagree) {
  EXPECT_THROW(kl_per_token(at::zeros({3}), at::zeros({2}), KlEstimator::K1), InternalError);
  EXPECT_THROW(kl_per_token(at::zeros({3}), at::zeros({1}), KlEstimator::K1), InternalError);
}

// Averaged over samples of p, K1 and K3 both give the divergence of p from q.
TEST(Kl, K1AndK3AreUnbiased) {
  const at::Tensor p = at::tensor({0.7F, 0.2F, 0.1F}), q = at::tensor({0.3F, 0.3F, 0.4F});
  const double truth = (p * (p / q).log()).sum().item<double>();
  for (const auto e : {KlEstimator::K1, KlEstimator::K3}) {
    EXPECT_NEAR((p * kl_per_token(p.log(), q.log(), e)).sum().item<double>(), truth, 1e-6);
  }
  EXPECT_GT(
      std::abs((p * kl_per_token(p.log(), q.log(), KlEstimator::K2)).sum().item<double>() - truth),
      1e-3);
}

}  // namespace
}  // namespace plumbline::rl
