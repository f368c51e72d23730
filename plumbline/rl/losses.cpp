#include "plumbline/rl/losses.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

double sum_of(const at::Tensor& values, const at::Tensor& weights) {
  return (values.detach().to(at::kDouble) * weights.to(at::kDouble)).sum().item<double>();
}

void check_sizes(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c,
                 const at::Tensor& d) {
  const bool is_right =
      a.dim() == 1 && a.sizes() == b.sizes() && a.sizes() == c.sizes() && a.sizes() == d.sizes();
  PLUMBLINE_CHECK(
      is_right, fmt::format("sizes {}, {}, {} and {}", a.numel(), b.numel(), c.numel(), d.numel()));
}

}  // namespace

PolicyStats policy_stats(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                         const at::Tensor& weights, double clip_range) {
  const at::Tensor d = (logprobs.detach() - old_logprobs).to(at::kDouble);
  const at::Tensor ratio = d.exp();
  return {.approx_kl = sum_of(d.expm1() - d, weights),
          .clip_fraction = sum_of((ratio - 1).abs().gt(clip_range), weights),
          .ratio_mean = sum_of(ratio, weights)};
}

PolicyLoss policy_loss(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                       const at::Tensor& advantages, const at::Tensor& weights,
                       const PolicyClip& clip) {
  check_sizes(logprobs, old_logprobs, advantages, weights);
  // A ratio beyond e^20 has no gradient: its exponential would soon be infinite, and infinity times
  // the 0 of a clipped branch is no number.
  const at::Tensor log_ratio = (logprobs - old_logprobs).clamp(-20, 20);
  const at::Tensor ratio = log_ratio.exp();
  const at::Tensor clipped = ratio.clamp(1 - clip.range, 1 + clip.range);
  at::Tensor losses = at::maximum(-advantages * ratio, -advantages * clipped);
  if (clip.dual > 0) {
    losses = at::where(advantages < 0, at::minimum(losses, -advantages * clip.dual), losses);
  }
  return {(losses * weights).sum(), policy_stats(logprobs, old_logprobs, weights, clip.range)};
}

ValueLoss value_loss(const at::Tensor& values, const at::Tensor& old_values,
                     const at::Tensor& returns, const at::Tensor& weights, double clip_range) {
  check_sizes(values, old_values, returns, weights);
  const at::Tensor plain = (values - returns).square();
  at::Tensor larger = plain;
  ValueStats stats{.error = sum_of(plain, weights)};
  if (clip_range > 0) {
    const at::Tensor clipped =
        at::maximum(at::minimum(values, old_values + clip_range), old_values - clip_range);
    const at::Tensor limited = (clipped - returns).square();
    larger = at::maximum(plain, limited);
    stats.clip_fraction = sum_of(limited.detach().gt(plain.detach()), weights);
  }
  return {0.5 * (larger * weights).sum(), stats};
}

at::Tensor position_weights(const tensor::Spans& answers, bool by_answer, double num_positions,
                            double num_answers) {
  if (!by_answer) return at::full({answers.total()}, 1 / num_positions, at::kFloat);
  at::Tensor weights = at::empty({answers.total()}, at::kFloat);
  for (int64_t s = 0; s < answers.size(); ++s) {
    weights.slice(0, answers.begin(s), answers.end(s))
        .fill_(1 / (num_answers * static_cast<double>(answers.length(s))));
  }
  return weights;
}

}  // namespace plumbline::rl
