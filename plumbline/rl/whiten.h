// Shifting and scaling advantages to mean 0 and deviation 1 over the whole rollout.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::rl {

// Count, mean and sum of squared deviations of some values: mergeable, so that ranks can combine
// theirs.
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;  // sum of (x - mean)^2
};

Moments moments(const at::Tensor& values);
// Moments of the union. Source: Chan, Golub, LeVeque 1979, the pairwise update.
Moments merge(const Moments& a, const Moments& b);

// (values - mean) / sqrt(variance + 1e-8), the variance being the population's (divided by count).
// One value alone becomes 0. Same shape, float32, no gradient.
at::Tensor whiten(const at::Tensor& values, const Moments& of_all);
at::Tensor whiten(const at::Tensor& values);

}  // namespace plumbline::rl
