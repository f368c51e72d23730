// How much memory PPO will take, before it starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/engine/memory_plan.h"
#include "plumbline/rlhf/actor_critic.h"

namespace plumbline::rlhf {

// Token rows of the longest prompt with its answer, as each base reads it.
struct LongestRows {
  int64_t actor = 0, critic = 0;
};

// One base or two, the adapters of all roles, what training holds, image features, the cache of
// answers being written, and one pass. `program_bytes` is what the process had before models,
// `training_bytes` Trainable::state_bytes; `images` are the prompts'.
engine::MemoryPlan plan_memory(ActorCritic& roles, const LongestRows& longest,
                               const std::vector<std::string>& images, const config::Config& config,
                               int64_t program_bytes, int64_t training_bytes);

}  // namespace plumbline::rlhf
