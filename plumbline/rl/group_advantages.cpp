#include "plumbline/rl/group_advantages.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/rl/gae.h"

namespace plumbline::rl {
namespace {

constexpr double kSmall = 1e-4;

// Calls of_group(first, last) for each group.
template <class Function>
void for_each_group(size_t num_rewards, int64_t group_size, const Function& of_group) {
  const auto size = static_cast<size_t>(group_size);
  PLUMBLINE_CHECK(group_size >= 2 && num_rewards % size == 0,
                  fmt::format("{} answers in groups of {}", num_rewards, group_size));
  for (size_t first = 0; first < num_rewards; first += size) of_group(first, first + size);
}

}  // namespace

std::vector<double> rloo(const std::vector<double>& rewards, int64_t group_size) {
  std::vector<double> advantages(rewards.size());
  for_each_group(rewards.size(), group_size, [&](size_t first, size_t last) {
    double sum = 0;
    for (size_t i = first; i < last; ++i) sum += rewards[i];
    for (size_t i = first; i < last; ++i) {
      advantages[i] = rewards[i] - (sum - rewards[i]) / static_cast<double>(group_size - 1);
    }
  });
  return advantages;
}

std::vector<double> grpo(const std::vector<double>& rewards, int64_t group_size) {
  std::vector<double> advantages(rewards.size());
  for_each_group(rewards.size(), group_size, [&](size_t first, size_t last) {
    const auto count = static_cast<double>(group_size);
    double mean = 0, squares = 0;
    for (size_t i = first; i < last; ++i) mean += rewards[i] / count;
    for (size_t i = first; i < last; ++i) squares += std::pow(rewards[i] - mean, 2);
    const double deviation = std::sqrt(squares / count);
    for (size_t i = first; i < last; ++i)
      advantages[i] = (rewards[i] - mean) / (deviation + kSmall);
  });
  return advantages;
}

at::Tensor rewards_to_go(const at::Tensor& rewards, const tensor::Spans& answers, double gamma) {
  return gae(rewards, at::zeros_like(rewards), answers, gamma, /*lambda=*/1).advantages;
}

at::Tensor spread_over(const std::vector<double>& of_answers, const tensor::Spans& answers) {
  return at::repeat_interleave(at::tensor(of_answers, at::kDouble).to(at::kFloat),
                               at::tensor(answers.lengths(), at::kLong));
}

std::vector<double> sums_of(const at::Tensor& per_position, const tensor::Spans& answers) {
  const at::Tensor data = per_position.detach().to(at::kCPU, at::kDouble).contiguous();
  std::vector<double> sums;
  for (int64_t s = 0; s < answers.size(); ++s) {
    sums.push_back(data.slice(0, answers.begin(s), answers.end(s)).sum().item<double>());
  }
  return sums;
}

}  // namespace plumbline::rl
