#include "plumbline/rl/preference.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {
namespace {

void check_shapes(const at::Tensor& first, const at::Tensor& second) {
  PLUMBLINE_CHECK(first.dim() == 1 && first.sizes() == second.sizes() && first.numel() > 0,
                  fmt::format("{} first and {} second scores", first.numel(), second.numel()));
}

double sum_of(const at::Tensor& x) { return x.sum().item<double>(); }

}  // namespace

at::Tensor pair_loss_sum(const at::Tensor& first, const at::Tensor& second,
                         const PairTargets& targets, double label_smoothing) {
  check_shapes(first, second);
  PLUMBLINE_CHECK(targets.first.sizes() == first.sizes() &&
                      targets.weight.sizes() == first.sizes() &&
                      targets.margin.sizes() == first.sizes(),
                  fmt::format("targets of {} pairs for {}", targets.first.numel(), first.numel()));
  const double s = label_smoothing;
  const at::Tensor gap = first - second;
  const at::Tensor q = (1 - s) * targets.first + s * (1 - targets.first);
  const at::Tensor pair_loss =
      -q * at::log_sigmoid(gap - targets.margin) - (1 - q) * at::log_sigmoid(-gap - targets.margin);
  return (targets.weight * pair_loss).sum();
}

at::Tensor absolute_centre(const at::Tensor& first, const at::Tensor& second) {
  check_shapes(first, second);
  return (first + second).mean().abs();
}

at::Tensor squared_centre(const at::Tensor& first, const at::Tensor& second) {
  check_shapes(first, second);
  return (first + second).square().mean();
}

PreferenceSums preference_sums(const at::Tensor& first, const at::Tensor& second,
                               const at::Tensor& target) {
  check_shapes(first, second);
  const auto wide = [](const at::Tensor& x) { return x.detach().to(at::kCPU, at::kDouble); };
  const at::Tensor a = wide(first), b = wide(second), t = wide(target);
  // 1 where the first answer is the better one, -1 where the second is, 0 in a tie.
  const at::Tensor side = (t - 0.5).sign(), gap = side * (a - b);
  const at::Tensor right =
      gap.gt(0).to(at::kDouble) + gap.eq(0).logical_and(side.ne(0)).to(at::kDouble) / 2;
  return {.pairs = static_cast<double>(a.numel()),
          .decided = sum_of(side.abs()),
          .right = sum_of(right),
          .gap = sum_of(gap),
          .score = sum_of(a) + sum_of(b),
          .score_squares = sum_of(a.square()) + sum_of(b.square()),
          .first = sum_of(a.gt(b))};
}

}  // namespace plumbline::rl
