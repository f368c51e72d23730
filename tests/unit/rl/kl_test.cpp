#include "plumbline/rl/kl.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

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
