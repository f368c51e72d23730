#include "plumbline/rl/losses.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

double mean_of(const at::Tensor& values) {
  return values.numel() == 0 ? 0 : values.to(at::kDouble).mean().item<double>();
}

void check_sizes(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  PLUMBLINE_CHECK(a.dim() == 1 && a.sizes() == b.sizes() && a.sizes() == c.sizes(),
                  fmt::format("sizes {}, {} and {}", a.numel(), b.numel(), c.numel()));
}

}  // namespace

PolicyLoss policy_loss(const at::Tensor& logprobs, const at::Tensor& old_logprobs,
                       const at::Tensor& advantages, double clip_range) {
  check_sizes(logprobs, old_logprobs, advantages);
  const at::Tensor log_ratio = logprobs - old_logprobs;
  const at::Tensor ratio = log_ratio.exp();
  const at::Tensor clipped = ratio.clamp(1 - clip_range, 1 + clip_range);
  PolicyLoss result{at::maximum(-advantages * ratio, -advantages * clipped).sum(), {}};
  const at::Tensor d = log_ratio.detach().to(at::kDouble);
  result.stats.approx_kl = mean_of(d.expm1() - d);
  result.stats.clip_fraction = mean_of((ratio.detach() - 1).abs().gt(clip_range));
  result.stats.ratio_mean = mean_of(ratio.detach());
  return result;
}

ValueLoss value_loss(const at::Tensor& values, const at::Tensor& old_values,
                     const at::Tensor& returns, double clip_range) {
  check_sizes(values, old_values, returns);
  const at::Tensor clipped =
      at::maximum(at::minimum(values, old_values + clip_range), old_values - clip_range);
  const at::Tensor plain = (values - returns).square();
  const at::Tensor limited = (clipped - returns).square();
  return {0.5 * at::maximum(plain, limited).sum(), {mean_of(limited.detach().gt(plain.detach()))}};
}

double explained_variance(const at::Tensor& values, const at::Tensor& returns) {
  const at::Tensor r = returns.detach().to(at::kDouble);
  const double variance = r.numel() == 0 ? 0 : r.var(/*unbiased=*/false).item<double>();
  if (variance == 0) return 0;
  return 1 -
         (r - values.detach().to(at::kDouble)).var(/*unbiased=*/false).item<double>() / variance;
}

}  // namespace plumbline::rl
