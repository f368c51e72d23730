// Adapters and scalar heads of Llava.
#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/model/initial_values.h"
#include "plumbline/model/llava_state.h"

namespace plumbline::model {
namespace {

[[noreturn]] void refuse(const std::string& adapter, std::string expected, std::string got) {
  throw ConfigError(Complaint{.component = "model",
                              .doing = "setting up adapter '" + adapter + "'",
                              .expected = std::move(expected),
                              .got = std::move(got)});
}

// "self_attn.q_proj" -> "q_proj"
std::string_view short_name(const NamedLinear& linear) {
  const std::string_view name = linear.name;
  return name.substr(name.find('.') + 1);
}

void check_spec(const std::string& name, const nn::AdapterSpec& spec) {
  if (spec.rank <= 0) refuse(name, "a positive rank", fmt::format("{}", spec.rank));
  if (!(spec.dropout >= 0 && spec.dropout < 1)) {
    refuse(name, "dropout in [0, 1)", fmt::format("{}", spec.dropout));
  }
  if (spec.targets.empty()) refuse(name, "at least one target layer", "none");
  for (const std::string& target : spec.targets) {
    const auto& linears = block_linears();
    const bool is_known = std::any_of(linears.begin(), linears.end(), [&](const NamedLinear& l) {
      return short_name(l) == target;
    });
    if (is_known) continue;
    refuse(name, "targets among q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
           "'" + target + "'");
  }
}

// Calls visit(path such as "language_model.model.layers.0.self_attn.q_proj", layer) for each layer
// that `spec` targets.
template <class Visit>
void for_each_target(Decoder& decoder, const nn::AdapterSpec& spec, const Visit& visit) {
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    for (const NamedLinear& linear : block_linears()) {
      const auto& targets = spec.targets;
      if (std::find(targets.begin(), targets.end(), short_name(linear)) == targets.end()) continue;
      visit(fmt::format("language_model.model.layers.{}.{}", i, linear.name),
            decoder.blocks[i].*linear.member);
    }
  }
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

void Llava::add_adapter(const std::string& name, const nn::AdapterSpec& spec, RandomKey init) {
  if (name.empty()) refuse(name, "a name", "none");
  if (has_adapter(name)) refuse(name, "a name that is free", "one that is taken");
  check_spec(name, spec);
  const auto options = at::device(state_->device).dtype(at::kFloat);
  for_each_target(state_->base.decoder, spec, [&](const std::string& path, nn::Linear& layer) {
    const int64_t out = layer.weight.size(0), in = layer.weight.size(1);
    const double bound = 1 / std::sqrt(static_cast<double>(in));  // Kaiming-uniform with a = sqrt 5
    layer.adapters[name] = {.a = uniform_values({spec.rank, in}, bound, init.at(path)).to(options),
                            .b = at::zeros({out, spec.rank}, options),
                            .scale = spec.scale(),
                            .dropout = spec.dropout};
  });
  state_->adapters[name] = spec;
}

void Llava::copy_adapter(const std::string& from, const std::string& to) {
  const at::NoGradGuard no_grad;
  state_->require_adapter(from);
  if (to.empty()) refuse(to, "a name", "none");
  if (from == to) return;
  const nn::AdapterSpec spec = adapter_spec(from);
  if (has_adapter(to) && adapter_spec(to) != spec) remove_adapter(to);
  const bool is_new = !has_adapter(to);
  for_each_target(state_->base.decoder, spec, [&](const std::string&, nn::Linear& layer) {
    const nn::LowRank& source = layer.adapters.at(from);
    if (is_new) {
      layer.adapters[to] = {.a = source.a.detach().clone(),
                            .b = source.b.detach().clone(),
                            .scale = source.scale,
                            .dropout = source.dropout};
    } else {
      layer.adapters.at(to).a.copy_(source.a);
      layer.adapters.at(to).b.copy_(source.b);
    }
  });
  state_->adapters[to] = spec;
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
  for_each_target(state_->base.decoder, adapter_spec(name),
                  [&](const std::string& path, nn::Linear& layer) {
                    const nn::LowRank& part = layer.adapters.at(name);
                    parameters.emplace("base_model.model." + path + ".lora_A.weight", part.a);
                    parameters.emplace("base_model.model." + path + ".lora_B.weight", part.b);
                  });
  return parameters;
}

void Llava::merge_adapter(const std::string& name) {
  const at::NoGradGuard no_grad;
  const nn::AdapterSelection selection{.active = name};
  for_each_target(state_->base.decoder, adapter_spec(name),
                  [&](const std::string&, nn::Linear& layer) {
                    layer.weight.copy_(nn::effective_weight(layer, selection));
                  });
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
  if (found == state_->heads.end()) refuse(name, "a scalar head", "none");
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
                           std::optional<RandomKey> dropout_key)
    : model_(model) {
  if (!name.empty()) model.state_->require_adapter(name);
  nn::AdapterSelection& selection = model.state_->selection();
  former_ = std::make_unique<Former>(Former{selection});
  selection = {.active = name, .dropout_key = dropout_key};
}

AdapterScope::~AdapterScope() { model_.state_->selection() = former_->selection; }

}  // namespace plumbline::model
