// The four roles of PPO as adapters on one frozen base.
#pragma once

#include <string>

#include "plumbline/config/config.h"
#include "plumbline/model/llava.h"

namespace plumbline::engine {

inline constexpr const char* kPolicy = "policy";
inline constexpr const char* kReference = "reference";  // the policy as it was at the start
inline constexpr const char* kReward = "reward";        // with a head
inline constexpr const char* kValue = "value";          // starts as the reward's adapter, head zero

// Loads model.adapter as kPolicy, if it is set. Returns the name for an AdapterScope: kPolicy, or
// "" for the base alone. Throws what load_adapter does, and CheckpointError for a reward model.
std::string attach_policy(model::Llava& model, const config::ModelConfig& config);

// Loads model.reward_adapter as kReward. Throws what load_adapter does, and CheckpointError, in
// the name of `stage`, when it has no head.
void attach_reward(model::Llava& model, const config::ModelConfig& config,
                   const std::string& stage);

// Attaches all four and returns what trains, by name: the policy's adapter, the value's adapter and
// head. The policy is model.adapter, or a new adapter as [lora] says. Throws what load_adapter
// does, and CheckpointError when the reward model has no head.
nn::Parameters attach_roles(model::Llava& model, const config::Config& config, RandomKey key);

// Bytes of the adapters of all four roles.
int64_t role_bytes(model::Llava& model);

}  // namespace plumbline::engine
