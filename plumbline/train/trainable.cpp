#include "plumbline/train/trainable.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/train/gradients.h"
#include "plumbline/train/schedule.h"

namespace plumbline::train {
namespace {

constexpr const char* kWeights = "trainable.safetensors";
constexpr const char* kOptimizer = "optimizer.safetensors";
constexpr const char* kAverage = "average.safetensors";

AdamWOptions options_of(const config::OptimizerConfig& config) {
  return {.beta1 = config.beta1,
          .beta2 = config.beta2,
          .eps = config.eps,
          .weight_decay = config.weight_decay};
}

nn::Parameters masters_of(const nn::Parameters& parameters) {
  nn::Parameters masters;
  for (const auto& [name, tensor] : parameters) masters.emplace(name, tensor.to(at::kFloat));
  return masters;
}

nn::Parameters copies_of(const nn::Parameters& parameters) {
  nn::Parameters copies;
  for (const auto& [name, tensor] : parameters) copies.emplace(name, tensor.detach().clone());
  return copies;
}

}  // namespace

Trainable::Trainable(std::string stage, nn::Parameters parameters,
                     const config::OptimizerConfig& config,
                     const std::map<std::string, double>& lr_factors)
    : stage_(std::move(stage)),
      parameters_(std::move(parameters)),
      masters_(masters_of(parameters_)),
      config_(config),
      optimizer_(masters_, options_of(config), lr_factors) {
  if (config_.ema_decay > 0) average_ = copies_of(masters_);
  for (auto& [name, tensor] : parameters_) tensor.requires_grad_(true);
}

int64_t Trainable::num_values() const {
  int64_t count = 0;
  for (const auto& [name, tensor] : parameters_) count += tensor.numel();
  return count;
}

int64_t Trainable::state_bytes() const {
  int64_t bytes = 3 * 4 * num_values() + nn::num_bytes(average_);  // gradient and two moments
  for (const auto& [name, tensor] : parameters_) {
    if (tensor.scalar_type() != at::kFloat) bytes += 4 * tensor.numel();
  }
  return bytes;
}

void Trainable::zero_grad() {
  optimizer_.zero_grad();
  for (auto& [name, tensor] : parameters_) tensor.mutable_grad() = at::Tensor();
}

void Trainable::collect_gradients() {
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : parameters_) {
    at::Tensor& master = masters_.at(name);
    if (master.is_same(tensor) || !tensor.grad().defined()) continue;
    at::Tensor& sum = master.mutable_grad();
    sum = sum.defined() ? sum.add_(tensor.grad()) : tensor.grad().to(at::kFloat);
    tensor.mutable_grad() = at::Tensor();
  }
}

std::vector<double> Trainable::reduce(parallel::Communicator& processes,
                                      const std::vector<double>& figures) {
  collect_gradients();
  return sum_gradients(masters_, processes, figures);
}

Metrics Trainable::step(int64_t step, int64_t total, const Metrics& metrics,
                        const std::string& examples) {
  check_finite(stage_, step, metrics, examples);
  collect_gradients();
  const double norm = optimizer_.clip_gradients(config_.max_grad_norm);
  check_finite(stage_, step, {{"gradient norm", norm}}, examples);
  const double lr = config_.lr * schedule_factor(config_, step, total);
  optimizer_.step(lr);
  round_masters();
  const at::NoGradGuard no_grad;
  for (auto& [name, average] : average_) {
    average.lerp_(masters_.at(name).detach(), 1 - config_.ema_decay);
  }
  return {{"grad_norm", norm}, {"lr", lr}};
}

void Trainable::round_masters() {
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : parameters_) {
    if (!masters_.at(name).is_same(tensor)) tensor.copy_(masters_.at(name));
  }
}

void Trainable::check_finite_weights() const {
  for (const auto& [name, tensor] : masters_) {
    if (at::isfinite(tensor).all().item<bool>()) continue;
    throw NumericError(Complaint{.component = stage_,
                                 .doing = "checking the trained weights",
                                 .expected = "finite values",
                                 .got = "others in " + name,
                                 .hint = "start anew with a lower optimizer.lr."});
  }
}

void Trainable::save(const fs::path& folder) const {
  check_finite_weights();
  checkpoint::save_tensors((folder / kWeights).string(), masters_);
  checkpoint::save_tensors((folder / kOptimizer).string(), optimizer_.state());
  if (!average_.empty()) checkpoint::save_tensors((folder / kAverage).string(), average_);
}

void Trainable::load(const fs::path& folder) {
  checkpoint::restore(masters_, folder / kWeights);
  if (!average_.empty()) checkpoint::restore(average_, folder / kAverage);
  optimizer_.load_state(checkpoint::load_tensors((folder / kOptimizer).string()));
  round_masters();
}

void Trainable::swap_average() {
  const at::NoGradGuard no_grad;
  for (auto& [name, average] : average_) {
    at::Tensor& master = masters_.at(name);
    const at::Tensor weights = master.detach().clone();
    master.copy_(average);
    average.copy_(weights);
  }
  round_masters();
}

void Trainable::finish() {
  swap_average();
  check_finite_weights();
  for (auto& [name, parameter] : parameters_) parameter.requires_grad_(false);
}

}  // namespace plumbline::train
