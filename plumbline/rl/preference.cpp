#include "plumbline/rl/preference.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {

PreferenceStats preference_stats(const at::Tensor& better, const at::Tensor& worse) {
  if (better.numel() == 0) return {};
  const at::Tensor b = better.detach().to(at::kDouble), w = worse.detach().to(at::kDouble);
  const at::Tensor all = at::cat({b, w});
  PreferenceStats stats;
  stats.accuracy = (b.gt(w).to(at::kDouble) + b.eq(w).to(at::kDouble) / 2).mean().item<double>();
  stats.mean_score = all.mean().item<double>();
  stats.score_gap = (b - w).mean().item<double>();
  stats.score_std = all.std(/*unbiased=*/false).item<double>();
  return stats;
}

PreferenceLoss bradley_terry(const at::Tensor& better, const at::Tensor& worse,
                             const PreferenceOptions& options) {
  PLUMBLINE_CHECK(better.dim() == 1 && better.sizes() == worse.sizes() && better.numel() > 0,
                  fmt::format("{} better and {} worse scores", better.numel(), worse.numel()));
  const at::Tensor gap = better - worse - options.margin;
  const double s = options.label_smoothing;
  const at::Tensor pair_loss = -(1 - s) * at::log_sigmoid(gap) - s * at::log_sigmoid(-gap);
  const at::Tensor loss = pair_loss.mean() + options.center_coef * (better + worse).mean().abs();
  return {loss, preference_stats(better, worse)};
}

}  // namespace plumbline::rl
