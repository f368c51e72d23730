#include "plumbline/train/trainable.h"

#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/train/schedule.h"

namespace plumbline::train {
namespace {

constexpr const char* kWeights = "trainable.safetensors";
constexpr const char* kOptimizer = "optimizer.safetensors";

AdamWOptions options_of(const config::OptimizerConfig& config) {
  return {.beta1 = config.beta1,
          .beta2 = config.beta2,
          .eps = config.eps,
          .weight_decay = config.weight_decay};
}

}  // namespace

Trainable::Trainable(std::string stage, nn::Parameters parameters,
                     const config::OptimizerConfig& config)
    : stage_(std::move(stage)),
      parameters_(std::move(parameters)),
      config_(config),
      optimizer_(parameters_, options_of(config)) {
  for (auto& [name, tensor] : parameters_) tensor.requires_grad_(true);
}

Metrics Trainable::step(int64_t step, int64_t total, const Metrics& metrics) {
  check_finite(stage_, step, metrics);
  const double norm = optimizer_.clip_gradients(config_.max_grad_norm);
  check_finite(stage_, step, {{"gradient norm", norm}});
  const double lr = config_.lr * schedule_factor(config_, step, total);
  optimizer_.step(lr);
  return {{"grad_norm", norm}, {"lr", lr}};
}

void Trainable::save(const fs::path& folder) const {
  checkpoint::save_tensors((folder / kWeights).string(), parameters_);
  checkpoint::save_tensors((folder / kOptimizer).string(), optimizer_.state());
}

void Trainable::load(const fs::path& folder) {
  checkpoint::restore(parameters_, folder / kWeights);
  optimizer_.load_state(checkpoint::load_tensors((folder / kOptimizer).string()));
}

void Trainable::finish() {
  for (auto& [name, parameter] : parameters_) {
    if (!at::isfinite(parameter).all().item<bool>()) {
      throw NumericError(Complaint{.component = stage_,
                                   .doing = "checking the trained weights",
                                   .expected = "finite values",
                                   .got = "others in " + name,
                                   .hint = "lower optimizer.lr."});
    }
    parameter.requires_grad_(false);
  }
}

}  // namespace plumbline::train
