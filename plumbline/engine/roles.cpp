#include "plumbline/engine/roles.h"

#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/adapter.h"

namespace plumbline::engine {

std::string attach_policy(model::Llava& model, const config::ModelConfig& config) {
  if (config.adapter.empty()) return "";
  checkpoint::load_adapter(config.adapter, model, kPolicy);
  if (!model.has_head(kPolicy)) return kPolicy;
  throw CheckpointError(Complaint{.component = "model",
                                  .doing = "loading the adapter that answers",
                                  .expected = "a policy's",
                                  .got = "a reward model's, with reward_head.safetensors",
                                  .where = config.adapter,
                                  .hint = "set model.adapter to the result of `sft` or `ppo`."});
}

void attach_reward(model::Llava& model, const config::ModelConfig& config,
                   const std::string& stage) {
  checkpoint::load_adapter(config.reward_adapter, model, kReward);
  if (model.has_head(kReward)) return;
  throw CheckpointError(Complaint{.component = stage,
                                  .doing = "loading the reward model",
                                  .expected = "an adapter with reward_head.safetensors",
                                  .got = "one without",
                                  .where = config.reward_adapter,
                                  .hint = "set model.reward_adapter to the result of `reward`."});
}

nn::Parameters attach_roles(model::Llava& model, const config::Config& c, RandomKey key) {
  if (attach_policy(model, c.model).empty()) {
    model.add_adapter(kPolicy, nn::adapter_spec(c.lora), key.at("lora"));
  }
  model.copy_adapter(kPolicy, kReference);
  attach_reward(model, c.model, "ppo");
  model.copy_adapter(kReward, kValue);
  model.add_head(kValue, key.at("value"), /*zero=*/true);
  nn::Parameters trained;
  const auto add = [&](const std::string& prefix, const nn::Parameters& parameters) {
    for (const auto& [name, tensor] : parameters) trained.emplace(prefix + name, tensor);
  };
  add("policy.", model.adapter_parameters(kPolicy));
  add("value.", model.adapter_parameters(kValue));
  add("value_head.", model.head_parameters(kValue));
  return trained;
}

int64_t role_bytes(model::Llava& model) {
  int64_t bytes = 0;
  for (const char* role : {kPolicy, kReference, kReward, kValue}) {
    bytes += nn::num_bytes(model.adapter_parameters(role));
  }
  return bytes;
}

}  // namespace plumbline::engine
