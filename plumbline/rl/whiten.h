// Shifting and scaling numbers to mean 0 and deviation 1, over all that there are.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace plumbline::rl {

// Count, mean and sum of squared deviations of some values: mergeable, so that processes and
// iterations can combine theirs.
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;  // sum of (x - mean)^2

  double variance() const;   // the population's; 0 of nothing
  double deviation() const;  // its root
};

Moments moments(const at::Tensor& values);
Moments moments(const std::vector<double>& values);
// Moments of the union. Source: Chan, Golub, LeVeque 1979, the pairwise update.
Moments merge(const Moments& a, const Moments& b);

// (values - mean) / (deviation + 1e-8). One value alone becomes 0. Same shape, float32, no
// gradient. Source: the released Fact-RLHF trainer.
at::Tensor whiten(const at::Tensor& values, const Moments& of_all);
// values scaled alike, their mean kept: what the released trainer does to rewards, if asked to.
at::Tensor scale_to_one(const at::Tensor& values, const Moments& of_all);
std::vector<double> whiten(const std::vector<double>& values, const Moments& of_all);

}  // namespace plumbline::rl
