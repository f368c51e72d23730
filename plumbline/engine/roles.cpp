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

}  // namespace plumbline::engine
