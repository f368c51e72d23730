#include "plumbline/train/gradients.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace plumbline::train {

std::vector<double> sum_gradients(nn::Parameters& parameters, parallel::Communicator& processes,
                                  const std::vector<double>& figures) {
  if (processes.size() == 1) return figures;
  const at::NoGradGuard no_grad;
  // How many processes have a gradient of each parameter, then the figures.
  std::vector<double> counts;
  for (const auto& [name, parameter] : parameters) counts.push_back(parameter.grad().defined());
  counts.insert(counts.end(), figures.begin(), figures.end());
  counts = processes.sums(counts);
  std::vector<at::Tensor*> wanted;
  std::vector<at::Tensor> parts;
  size_t index = 0;
  for (auto& [name, parameter] : parameters) {
    if (counts[index++] == 0) continue;
    const at::Tensor& grad = parameter.grad();
    wanted.push_back(&parameter);
    parts.push_back(grad.defined()
                        ? grad.to(at::kFloat).flatten()
                        : at::zeros({parameter.numel()}, parameter.options().dtype(at::kFloat)));
  }
  if (!parts.empty()) {
    at::Tensor bucket = at::cat(parts);
    parts.clear();
    processes.sum(bucket);
    int64_t first = 0;
    for (at::Tensor* parameter : wanted) {
      parameter->mutable_grad() =
          bucket.narrow(0, first, parameter->numel()).view(parameter->sizes());
      first += parameter->numel();
    }
  }
  return {counts.begin() + static_cast<int64_t>(parameters.size()), counts.end()};
}

}  // namespace plumbline::train
