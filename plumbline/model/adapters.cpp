// Adapters and scalar heads of Llava.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/base/pattern.h"
#include "plumbline/model/initial_values.h"
#include "plumbline/model/llava_state.h"

namespace plumbline::model {
namespace {

[[noreturn]] void refuse(std::string expected, std::string got) {
  throw ConfigError(Complaint{.component = "model",
                              .doing = "setting up an adapter",
                              .expected = std::move(expected),
                              .got = std::move(got)});
}

// Calls visit(path such as "layers.0.self_attn.q_proj", layer) for each layer of the decoder.
template <class Visit>
void for_each_layer(Decoder& decoder, const Visit& visit) {
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    for (const NamedLinear& linear : block_linears()) {
      visit(fmt::format("layers.{}.{}", i, linear.name), decoder.blocks[i].*linear.member);
    }
  }
}

// The same for the layers that `spec` targets.
template <class Visit>
void for_each_target(Decoder& decoder, const nn::AdapterSpec& spec, const Visit& visit) {
  for_each_layer(decoder, [&](const std::string& path, nn::Linear& layer) {
    if (spec.targets_layer(path)) visit(path, layer);
  });
}

// The target as a regular expression, where it is one.
std::optional<Pattern> pattern_of(const std::string& target) {
  try {
    return Pattern(target);
  } catch (const DataError&) {
    return std::nullopt;
  }
}

// The spec with the paths they match in place of targets that are regular expressions.
nn::AdapterSpec resolved(const nn::AdapterSpec& spec, Decoder& decoder) {
  if (spec.targets.empty() && spec.saved_modules.empty()) {
    refuse("at least one target layer", "none");
  }
  nn::AdapterSpec result = spec;
  result.targets.clear();
  for (const std::string& target : spec.targets) {
    const nn::AdapterSpec plain{.targets = {target}};
    std::vector<std::string> matched;
    bool is_name = false;
    const auto expression = pattern_of(target);
    for_each_layer(decoder, [&](const std::string& path, nn::Linear&) {
      is_name |= plain.targets_layer(path);
      if (expression && expression->match(path)) matched.push_back(path);
    });
    if (is_name) {
      matched = {target};
    } else if (matched.empty()) {
      refuse(
          "lora.targets among q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, or "
          "regular expressions of paths such as layers.0.self_attn.q_proj",
          "'" + target + "', which matches no layer");
    }
    for (const std::string& path : matched) {
      auto& all = result.targets;
      if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(path);
    }
  }
  for_each_target(decoder, result, [&](const std::string& path, nn::Linear&) {
    if (spec.rank_of(path) > 0) return;
    refuse("a positive rank", fmt::format("{}", spec.rank_of(path)));
  });
  return result;
}

// Of the base: what an adapter that saves `module` replaces.
std::map<std::string, at::Tensor*> weights_of(const std::string& module, Base& base,
                                              const config::LlavaConfig& config) {
  std::map<std::string, at::Tensor*> weights;
  for (WeightSlot& slot : weight_slots(base, config)) {
    const bool is_within = slot.name.starts_with(module + ".") ||
                           slot.name.find("." + module + ".") != std::string::npos;
    if (is_within) weights.emplace(slot.name, slot.tensor);
  }
  return weights;
}

template <class State>
void check_spec(const nn::AdapterSpec& spec, const State& state) {
  if (spec.rank <= 0) refuse("a positive rank", fmt::format("{}", spec.rank));
  if (!(spec.dropout >= 0 && spec.dropout < 1)) {
    refuse("dropout in [0, 1)", fmt::format("{}", spec.dropout));
  }
  for (const std::string& module : spec.saved_modules) {
    if (module == "multi_modal_projector") {
      if (!state.config.takes_images()) refuse("a model with a projector", "none");
      continue;
    }
    if (module != "embed_tokens" && module != "lm_head") {
      refuse("lora.saved_modules among embed_tokens, lm_head, multi_modal_projector",
             "'" + module + "'");
    }
    if (!state.base.decoder.head.defined()) {
      refuse("an embedding of its own for the head, to save modules whole", "a tied one");
    }
  }
}

// fp32 in memory of its own, whatever the weight's type.
at::Tensor trainable_copy(const at::Tensor& weight) {
  return weight.detach().to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
}

ScalarHead copied(const ScalarHead& head) {
  return {.weight = head.weight.detach().clone(), .bias = head.bias.detach().clone()};
}

}  // namespace

void Llava::State::require_adapter(const std::string& name) const {
  if (adapters.contains(name)) return;
  std::string known;
  for (const auto& [other, spec] : adapters) known += (known.empty() ? "'" : ", '") + other + "'";
  throw ConfigError(Complaint{.component = "model",
                              .doing = "looking for an adapter",
                              .expected = known.empty() ? "none, as none is loaded" : known,
                              .got = "'" + name + "'"});
}

bool Llava::State::saves(const std::string& name) {
  const auto weights = saved.find(selection().active);
  return weights != saved.end() && weights->second.contains(name);
}

at::Tensor Llava::State::selected(const std::string& name, const at::Tensor& weight) {
  return saves(name) ? saved.at(selection().active).at(name) : weight;
}

void Llava::add_adapter(const std::string& name, const nn::AdapterSpec& asked, RandomKey init) {
  if (name.empty()) refuse("a name", "none");
  if (has_adapter(name)) refuse("a name that is free", "one that is taken");
  check_spec(asked, *state_);
  const nn::AdapterSpec spec = resolved(asked, state_->base.decoder);
  const auto options = at::device(state_->device).dtype(at::kFloat);
  for_each_target(state_->base.decoder, spec, [&](const std::string& path, nn::Linear& layer) {
    const int64_t out = layer.num_out(), in = layer.num_in();
    const double bound = 1 / std::sqrt(static_cast<double>(in));  // Kaiming-uniform with a = sqrt 5
    const int64_t rank = spec.rank_of(path);
    const RandomKey key = init.at("language_model.model." + path);
    nn::LowRank& part = layer.adapters[name];
    part = {.a = uniform_values({rank, in}, bound, key).to(options),
            .b = at::zeros({out, rank}, options),
            .scale = spec.scale_of(path),
            .dropout = spec.dropout};
    if (!spec.dora) return;
    const at::NoGradGuard no_grad;
    part.magnitude = nn::weight_row_lengths(layer, state_->dtype);
  });
  for (const std::string& module : spec.saved_modules) {
    for (const auto& [weight, tensor] : weights_of(module, state_->base, state_->config)) {
      state_->saved[name][weight] = trainable_copy(*tensor);
    }
  }
  state_->adapters[name] = spec;
}

void Llava::copy_adapter(const std::string& from, const std::string& to) {
  const at::NoGradGuard no_grad;
  state_->require_adapter(from);
  if (to.empty()) refuse("a name", "none");
  if (from == to) return;
  const nn::AdapterSpec spec = adapter_spec(from);
  if (has_adapter(to) && adapter_spec(to) != spec) remove_adapter(to);
  if (!has_adapter(to)) add_adapter(to, spec, random_key(0, "model.copy_adapter"));
  const nn::Parameters source = adapter_parameters(from);
  for (auto& [name, tensor] : adapter_parameters(to)) tensor.copy_(source.at(name));
  if (!has_head(from)) return;
  const ScalarHead& head = state_->heads.at(from);
  if (has_head(to)) {
    state_->heads.at(to).weight.copy_(head.weight);
    state_->heads.at(to).bias.copy_(head.bias);
  } else {
    state_->heads[to] = copied(head);
  }
}

void Llava::remove_adapter(const std::string& name) {
  state_->require_adapter(name);
  PLUMBLINE_CHECK(active_adapter() != name, "adapter '" + name + "' is in use");
  for_each_target(state_->base.decoder, adapter_spec(name),
                  [&](const std::string&, nn::Linear& layer) { layer.adapters.erase(name); });
  state_->adapters.erase(name);
  state_->saved.erase(name);
  state_->heads.erase(name);
}

bool Llava::has_adapter(const std::string& name) const { return state_->adapters.contains(name); }

const nn::AdapterSpec& Llava::adapter_spec(const std::string& name) const {
  state_->require_adapter(name);
  return state_->adapters.at(name);
}

std::vector<std::string> Llava::adapters() const {
  std::vector<std::string> names;
  for (const auto& [name, spec] : state_->adapters) names.push_back(name);
  return names;
}

nn::Parameters Llava::adapter_parameters(const std::string& name) {
  nn::Parameters parameters;
  const std::string root = "base_model.model.";
  for_each_target(state_->base.decoder, adapter_spec(name),
                  [&](const std::string& path, nn::Linear& layer) {
                    const nn::LowRank& part = layer.adapters.at(name);
                    const std::string at = root + "language_model.model." + path;
                    parameters.emplace(at + ".lora_A.weight", part.a);
                    parameters.emplace(at + ".lora_B.weight", part.b);
                    if (part.magnitude.defined()) {
                      parameters.emplace(at + ".lora_magnitude_vector", part.magnitude);
                    }
                  });
  if (const auto own = state_->saved.find(name); own != state_->saved.end()) {
    for (const auto& [weight, tensor] : own->second) parameters.emplace(root + weight, tensor);
  }
  return parameters;
}

void Llava::merge_adapter(const std::string& name) {
  const at::NoGradGuard no_grad;
  unpack();  // the sum is no longer on the grid of the codes
  const nn::AdapterSelection selection{.active = name};
  for_each_target(state_->base.decoder, adapter_spec(name),
                  [&](const std::string&, nn::Linear& layer) {
                    layer.weight.copy_(nn::effective_weight(layer, selection));
                  });
  if (const auto own = state_->saved.find(name); own != state_->saved.end()) {
    nn::Parameters base = parameters();
    for (const auto& [weight, tensor] : own->second) base.at(weight).copy_(tensor);
  }
  remove_adapter(name);
}

std::string Llava::active_adapter() const { return state_->selection().active; }

void Llava::add_head(const std::string& name, RandomKey init, bool zero) {
  if (!name.empty()) state_->require_adapter(name);
  const int64_t size = state_->config.text.hidden_size;
  const auto options = at::device(state_->device).dtype(at::kFloat);
  const double deviation = 1 / std::sqrt(static_cast<double>(size + 1));
  const at::Tensor weight = zero ? at::zeros({1, size}) : normal_values({1, size}, deviation, init);
  state_->heads[name] = {.weight = weight.to(options), .bias = at::zeros({1}, options)};
}

bool Llava::has_head(const std::string& name) const { return state_->heads.contains(name); }

nn::Parameters Llava::head_parameters(const std::string& name) {
  const auto found = state_->heads.find(name);
  if (found == state_->heads.end()) refuse("a scalar head", "none");
  return {{"weight", found->second.weight}, {"bias", found->second.bias}};
}

at::Tensor Llava::score(const std::string& head, const at::Tensor& hidden) {
  const nn::Parameters parameters = head_parameters(head);
  return at::linear(hidden.to(at::kFloat), parameters.at("weight"), parameters.at("bias"))
      .squeeze(-1);
}

struct AdapterScope::Former {
  nn::AdapterSelection selection;
};

AdapterScope::AdapterScope(Llava& model, const std::string& name,
                           std::vector<RandomKey> dropout_keys)
    : model_(model) {
  if (!name.empty()) model.state_->require_adapter(name);
  nn::AdapterSelection& selection = model.state_->selection();
  former_ = std::make_unique<Former>(Former{selection});
  selection = {.active = name, .dropout_keys = std::move(dropout_keys)};
}

AdapterScope::~AdapterScope() { model_.state_->selection() = former_->selection; }

}  // namespace plumbline::model
