// How much memory PPO will take, before it starts.
#pragma once

#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/memory_plan.h"
#include "plumbline/rlhf/actor_critic.h"

namespace plumbline::rlhf {

// One base or two, the adapters of all roles, what training holds, image features, the cache of
// answers being written, and one pass. `program_bytes` is what the process had before models,
// `training_bytes` Trainable::state_bytes. Images were prepared.
engine::MemoryPlan plan_memory(ActorCritic& roles, const std::vector<data::Prompt>& prompts,
                               const config::Config& config, int64_t program_bytes,
                               int64_t training_bytes);

}  // namespace plumbline::rlhf
