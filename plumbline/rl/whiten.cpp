#include "plumbline/rl/whiten.h"

#include <ATen/ATen.h>

#include <cmath>

namespace plumbline::rl {

namespace {
constexpr double kSmall = 1e-8;
}

double Moments::variance() const { return count > 0 ? squares / count : 0; }
double Moments::deviation() const { return std::sqrt(variance()); }

Moments moments(const at::Tensor& values) {
  if (values.numel() == 0) return {};
  const at::Tensor x = values.detach().to(at::kDouble);
  const double mean = x.mean().item<double>();
  return {static_cast<double>(x.numel()), mean, (x - mean).square().sum().item<double>()};
}

Moments moments(const std::vector<double>& values) {
  return moments(at::tensor(values, at::kDouble));
}

Moments merge(const Moments& a, const Moments& b) {
  const double count = a.count + b.count;
  if (count == 0) return {};
  const double delta = b.mean - a.mean;
  return {count, a.mean + delta * b.count / count,
          a.squares + b.squares + delta * delta * a.count * b.count / count};
}

at::Tensor whiten(const at::Tensor& values, const Moments& of_all) {
  // Numbers far from 0 keep their digits only in double.
  const at::Tensor centred = values.detach().to(at::kDouble) - of_all.mean;
  return (centred / (of_all.deviation() + kSmall)).to(at::kFloat);
}

at::Tensor scale_to_one(const at::Tensor& values, const Moments& of_all) {
  return whiten(values, of_all) + of_all.mean;
}

std::vector<double> whiten(const std::vector<double>& values, const Moments& of_all) {
  std::vector<double> result;
  for (const double value : values) {
    result.push_back((value - of_all.mean) / (of_all.deviation() + kSmall));
  }
  return result;
}

}  // namespace plumbline::rl
