// PPO's losses over the positions of answers: weighted sums, so that accumulated micro-batches and
// processes equal one batch exactly.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

// Weighted sums: means over a minibatch whose weights sum to 1.
struct PolicyStats {
  double approx_kl = 0;      // exp(d) - 1 - d with d = logp - old_logp (k3 of old against new)
  double clip_fraction = 0;  // those whose ratio left [1 - range, 1 + range]
  double ratio_mean = 0;
};

// How far the policy has gone from the one that sampled, of tokens or positions.
PolicyStats policy_stats(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                         const at::Tensor& weights, double clip_range);

struct PolicyLoss {
  at::Tensor loss;  // scalar, differentiable in `logprobs`
  PolicyStats stats;
};

struct PolicyClip {
  double range = 0.2;
  double dual = 0;  // above 1: the loss of a bad answer is at most -A times this; 0: no such bound
};

// Sum over positions of weight * max(-A ratio, -A clip(ratio, 1 - range, 1 + range)), ratio =
// exp(logp - old_logp); with a dual clip, at most weight * -A dual where A < 0.
//   logprobs      [P] under the policy being trained
//   old_logprobs  [P] under the policy that sampled
//   advantages    [P]
//   weights       [P], see position_weights
// Source: Schulman et al. 2017 (arXiv 1707.06347), eq. 7; dual clip: Ye et al. 2020 (arXiv
// 1912.09729), eq. 5.
PolicyLoss policy_loss(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                       const at::Tensor& advantages, const at::Tensor& weights,
                       const PolicyClip& clip);

struct ValueStats {
  double clip_fraction = 0;  // positions where the clipped error was the larger one
  double error = 0;          // (v - R)^2
};

struct ValueLoss {
  at::Tensor loss;  // scalar, differentiable in `values`
  ValueStats stats;
};

// Sum over positions of weight * 0.5 max((v - R)^2, (clip(v, old - range, old + range) - R)^2); a
// range of 0 does not clip.
//   values, old_values, returns, weights  [P]
// Source: the released Fact-RLHF trainer (value clipping as in baselines' ppo2).
ValueLoss value_loss(const at::Tensor& values, const at::Tensor& old_values,
                     const at::Tensor& returns, const at::Tensor& weights, double clip_range);

// How much each position counts, [P] float32: alike, 1 / num_positions, or each answer alike, 1 /
// (num_answers * its positions). The numbers are those of the whole minibatch.
at::Tensor position_weights(const tensor::Spans& answers, bool by_answer, double num_positions,
                            double num_answers);

}  // namespace plumbline::rl
