#include "plumbline/engine/roles.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/json_fields.h"

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

namespace {

// Folders move, so that another name is no error; but scores on another base mean nothing.
void warn_of_other_base(const std::string& adapter, const std::string& base) {
  const fs::path file = fs::path(adapter) / "adapter_config.json";
  if (!fs::exists(file)) return;
  const auto json = checkpoint::JsonFields::read(file.string()).raw();
  const auto named = json.find("base_model_name_or_path");
  if (named == json.end() || !named->is_string()) return;
  const fs::path own = fs::path(named->get<std::string>()).lexically_normal();
  const fs::path used = fs::path(base).lexically_normal();
  if (own.empty() || own.filename() == used.filename()) return;
  log_warning("{} was trained on {}, and is used on {}", adapter, own.string(), used.string());
}

}  // namespace

void attach_reward(model::Llava& model, const config::ModelConfig& config,
                   const std::string& stage) {
  warn_of_other_base(config.reward_adapter, config.path);
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
