#include "plumbline/rl/gae.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {

Advantages gae(const at::Tensor& rewards, const at::Tensor& values, const tensor::Spans& responses,
               double gamma, double lambda) {
  PLUMBLINE_CHECK(rewards.dim() == 1 && values.sizes() == rewards.sizes() &&
                      rewards.size(0) == responses.total(),
                  fmt::format("{} rewards, {} values, {} response tokens", rewards.numel(),
                              values.numel(), responses.total()));
  const at::Tensor reward_data = rewards.detach().to(at::kCPU, at::kDouble).contiguous();
  const at::Tensor value_data = values.detach().to(at::kCPU, at::kDouble).contiguous();
  at::Tensor result = at::empty_like(reward_data);
  const auto* r = reward_data.data_ptr<double>();
  const auto* v = value_data.data_ptr<double>();
  auto* a = result.data_ptr<double>();
  for (int64_t s = 0; s < responses.size(); ++s) {
    double advantage = 0, next_value = 0;
    for (int64_t t = responses.end(s) - 1; t >= responses.begin(s); --t) {
      const double delta = r[t] + gamma * next_value - v[t];
      advantage = delta + gamma * lambda * advantage;
      a[t] = advantage;
      next_value = v[t];
    }
  }
  const auto options = at::TensorOptions().dtype(at::kFloat).device(rewards.device());
  return {result.to(options), (result + value_data).to(options)};
}

}  // namespace plumbline::rl
