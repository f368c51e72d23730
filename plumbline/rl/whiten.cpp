#include "plumbline/rl/whiten.h"

#include <ATen/ATen.h>

#include <cmath>

namespace plumbline::rl {

namespace {
constexpr double kVarianceFloor = 1e-8;
}

Moments moments(const at::Tensor& values) {
  if (values.numel() == 0) return {};
  const at::Tensor x = values.detach().to(at::kDouble);
  const double mean = x.mean().item<double>();
  return {static_cast<double>(x.numel()), mean, (x - mean).square().sum().item<double>()};
}

Moments merge(const Moments& a, const Moments& b) {
  const double count = a.count + b.count;
  if (count == 0) return {};
  const double delta = b.mean - a.mean;
  return {count, a.mean + delta * b.count / count,
          a.squares + b.squares + delta * delta * a.count * b.count / count};
}

at::Tensor whiten(const at::Tensor& values, const Moments& of_all) {
  if (of_all.count == 0) return values.detach().clone();
  const double variance = of_all.squares / of_all.count;
  return (values.detach().to(at::kFloat) - of_all.mean) / std::sqrt(variance + kVarianceFloor);
}

at::Tensor whiten(const at::Tensor& values) { return whiten(values, moments(values)); }

}  // namespace plumbline::rl
