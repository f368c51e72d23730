#include "plumbline/rl/kl.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {

at::Tensor kl_per_token(const at::Tensor& logprobs, const at::Tensor& ref_logprobs,
                        KlEstimator estimator) {
  PLUMBLINE_CHECK(logprobs.sizes() == ref_logprobs.sizes(),
                  fmt::format("{} log-probabilities, {} of the reference", logprobs.numel(),
                              ref_logprobs.numel()));
  const at::Tensor d = (logprobs - ref_logprobs).to(at::kFloat);
  switch (estimator) {
    case KlEstimator::K1:
      return d;
    case KlEstimator::K1Clamped:
      return d.clamp_min(0);
    case KlEstimator::K2:
      return d.square() / 2;
    case KlEstimator::K3:
      return at::expm1(-d) + d;
  }
  PLUMBLINE_CHECK(false, "unknown KL estimator");
}

}  // namespace plumbline::rl
