#include "plumbline/engine/roles.h"

#include <torch/types.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/adapter.h"

namespace plumbline::engine {

nn::Parameters attach_roles(model::Llava& model, const config::Config& c, RandomKey key) {
  if (c.model.adapter.empty()) {
    model.add_adapter(kPolicy, nn::adapter_spec(c.lora), key.at("lora"));
  } else {
    checkpoint::load_adapter(c.model.adapter, model, kPolicy);
  }
  model.copy_adapter(kPolicy, kReference);
  checkpoint::load_adapter(c.model.reward_adapter, model, kReward);
  if (!model.has_head(kReward)) {
    throw CheckpointError(Complaint{.component = "ppo",
                                    .doing = "loading the reward model",
                                    .expected = "an adapter with reward_head.safetensors",
                                    .got = "one without",
                                    .where = c.model.reward_adapter,
                                    .hint = "set model.reward_adapter to the result of `reward`."});
  }
  model.copy_adapter(kReward, kValue);
  model.add_head(kValue, key.at("value"), /*zero=*/true);
  nn::Parameters trained;
  const auto add = [&](const std::string& prefix, nn::Parameters parameters) {
    for (auto& [name, tensor] : parameters) trained.emplace(prefix + name, tensor);
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
