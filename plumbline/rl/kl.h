// Estimates of the divergence between the policy and its reference, token by token.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::rl {

// With d = logp - ref_logp of the sampled token:
//   K1         d           unbiased, may be negative
//   K1Clamped  max(d, 0)   the released Fact-RLHF recipe
//   K2         d^2 / 2     biased, low variance
//   K3         exp(-d) - 1 + d   unbiased, never negative
// Source: Schulman 2020, "Approximating KL divergence"; reference recipe for the clamped form.
enum class KlEstimator { K1, K1Clamped, K2, K3 };

// [R] float32, in nats per token; logprobs and ref_logprobs are [R].
// Differentiable: GRPO puts it into the loss.
at::Tensor kl_per_token(const at::Tensor& logprobs, const at::Tensor& ref_logprobs,
                        KlEstimator estimator);

}  // namespace plumbline::rl
