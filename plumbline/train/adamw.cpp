#include "plumbline/train/adamw.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "plumbline/base/error.h"

namespace plumbline::train {
namespace {

// Slots that one call of the fused kernel can update together.
struct FusedCall {
  std::vector<at::Tensor> parameters, gradients, means, squares, steps;
};

}  // namespace

AdamW::AdamW(const nn::Parameters& parameters, AdamWOptions options,
             const std::map<std::string, double>& lr_factors)
    : options_(options) {
  for (const auto& [name, parameter] : parameters) {
    const auto fp32 = parameter.options().dtype(at::kFloat).requires_grad(false);
    slots_.push_back({name, parameter, at::zeros(parameter.sizes(), fp32),
                      at::zeros(parameter.sizes(), fp32), at::zeros({}, fp32), parameter.dim() >= 2,
                      lr_factors.contains(name) ? lr_factors.at(name) : 1});
  }
}

namespace {

// In double over norms of rows: one sum over millions of fp32 squares would lose some per cent.
double norm_of(const at::Tensor& grad) {
  const at::Tensor rows = grad.dim() < 2 ? grad : at::linalg_vector_norm(grad.flatten(1), 2, {1});
  return at::linalg_vector_norm(rows, 2, std::nullopt, false, at::kDouble).item<double>();
}

}  // namespace

void AdamW::zero_grad() {
  for (auto& slot : slots_) slot.parameter.mutable_grad() = at::Tensor();
}

double AdamW::clip_gradients(double max_norm) {
  double squares = 0;
  for (const auto& slot : slots_) {
    if (const at::Tensor& grad = slot.parameter.grad(); grad.defined()) {
      const double norm = norm_of(grad);
      squares += norm * norm;
    }
  }
  const double norm = std::sqrt(squares);
  if (max_norm > 0 && std::isfinite(norm) && norm > max_norm) {
    for (auto& slot : slots_) {
      if (at::Tensor& grad = slot.parameter.mutable_grad(); grad.defined())
        grad.mul_(max_norm / norm);
    }
  }
  return norm;
}

void AdamW::step(double lr) {
  const at::NoGradGuard no_grad;
  std::map<std::pair<bool, double>, FusedCall> calls;  // by whether weights decay, and lr's factor
  for (auto& slot : slots_) {
    const at::Tensor& grad = slot.parameter.grad();
    if (!grad.defined()) continue;
    slot.steps += 1;  // the kernel expects the count with this step in it
    auto& call = calls[{slot.is_decayed, slot.lr_factor}];
    call.parameters.push_back(slot.parameter);
    call.gradients.push_back(grad);
    call.means.push_back(slot.mean);
    call.squares.push_back(slot.square);
    call.steps.push_back(slot.steps);
  }
  for (auto& [kind, call] : calls) {
    const auto [is_decayed, lr_factor] = kind;
    at::_fused_adamw_(call.parameters, call.gradients, call.means, call.squares, {}, call.steps,
                      lr * lr_factor, options_.beta1, options_.beta2,
                      is_decayed ? options_.weight_decay : 0, options_.eps, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
}

nn::Parameters AdamW::state() const {
  nn::Parameters state;
  for (const auto& slot : slots_) {
    state.emplace("mean." + slot.name, slot.mean);
    state.emplace("square." + slot.name, slot.square);
    state.emplace("steps." + slot.name, slot.steps);
  }
  return state;
}

void AdamW::load_state(const nn::Parameters& state) {
  const nn::Parameters own = this->state();
  for (const auto& [name, tensor] : own) {
    const auto it = state.find(name);
    if (it != state.end() && it->second.sizes() == tensor.sizes()) continue;
    throw CheckpointError(
        Complaint{.component = "checkpoint",
                  .doing = "restoring the optimizer",
                  .expected = fmt::format("'{}' of {} values", name, tensor.numel()),
                  .got = it == state.end() ? "none" : fmt::format("{} values", it->second.numel()),
                  .hint = "resume with the config the run was started with."});
  }
  if (state.size() != own.size()) {
    throw CheckpointError(Complaint{.component = "checkpoint",
                                    .doing = "restoring the optimizer",
                                    .expected = fmt::format("{} tensors", own.size()),
                                    .got = std::to_string(state.size())});
  }
  for (const auto& [name, tensor] : own) at::Tensor(tensor).copy_(state.at(name));
}

}  // namespace plumbline::train
