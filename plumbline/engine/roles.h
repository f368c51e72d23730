// Names of the roles that adapters play, and loading those that come from files.
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

}  // namespace plumbline::engine
