// PPO's two losses over response tokens. Sums, so that accumulated micro-batches equal one batch
// exactly.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::rl {

// Means over the tokens given.
struct PolicyStats {
  double approx_kl = 0;  // mean of exp(d) - 1 - d with d = logp - old_logp (k3 of old against new)
  double clip_fraction = 0;  // share of tokens whose ratio left [1 - range, 1 + range]
  double ratio_mean = 0;
};

struct PolicyLoss {
  at::Tensor loss_sum;  // scalar, differentiable in `logprobs`
  PolicyStats stats;
};

// Sum over tokens of max(-A ratio, -A clip(ratio, 1 - range, 1 + range)), ratio = exp(logp -
// old_logp).
//   logprobs      [R] under the policy being trained
//   old_logprobs  [R] under the policy that sampled
//   advantages    [R]
// Source: Schulman et al. 2017 (arXiv 1707.06347), eq. 7.
PolicyLoss policy_loss(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                       const at::Tensor& advantages, double clip_range);

struct ValueStats {
  double clip_fraction = 0;  // share of tokens where the clipped error was the larger one
};

struct ValueLoss {
  at::Tensor loss_sum;  // scalar, differentiable in `values`
  ValueStats stats;
};

// Sum over tokens of 0.5 max((v - R)^2, (clip(v, old - range, old + range) - R)^2).
//   values, old_values, returns  [R]
// Source: the released Fact-RLHF trainer (value clipping as in baselines' ppo2).
ValueLoss value_loss(const at::Tensor& values, const at::Tensor& old_values,
                     const at::Tensor& returns, double clip_range);

// 1 - Var[returns - values] / Var[returns]; 0 when the returns do not vary.
double explained_variance(const at::Tensor& values, const at::Tensor& returns);

}  // namespace plumbline::rl
