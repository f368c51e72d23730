#include "plumbline/rlhf/memory.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "plumbline/engine/roles.h"
#include "plumbline/nn/kv_cache.h"

namespace plumbline::rlhf {
namespace {

int64_t cache_bytes(engine::Assistant& actor, int64_t longest, const config::Config& c) {
  const auto& text = actor.model.config().text;
  const int64_t answers = std::max(c.ppo.rollout_size, c.ppo.eval_every > 0 ? c.ppo.eval_items : 0);
  return nn::KvCache::bytes(text.num_layers, text.num_kv_heads, text.head_dim,
                            std::min(c.generation.batch_size, answers), longest,
                            actor.model.dtype());
}

}  // namespace

engine::MemoryPlan plan_memory(ActorCritic& roles, const LongestRows& longest,
                               const std::vector<std::string>& images, const config::Config& c,
                               int64_t program_bytes, int64_t training_bytes) {
  const auto planned = [&](engine::Assistant& of, const char* role, int64_t rows) {
    return engine::plan_memory(
        of.model,
        {.program_bytes = program_bytes,
         .training_bytes = training_bytes,
         .micro_tokens = std::min(std::max(c.ppo.micro_tokens, rows), c.ppo.minibatch_size * rows),
         .recomputes = c.run.activation_checkpointing,
         .rank = of.model.adapter_spec(role).rank});
  };
  auto& actor = roles.actor();
  auto plan = planned(actor, engine::kPolicy, longest.actor);
  int64_t features = roles.actor_images().planned_bytes(actor.model, images);
  if (!roles.is_one_base()) {
    // Passes come one after the other: those of the base that take more stand for both.
    auto& critic = roles.critic();
    int64_t other = critic.model.base_bytes();
    if (roles.has_values()) {
      auto of_critic = planned(critic, engine::kValue, longest.critic);
      if (engine::total(of_critic) - other > engine::total(plan) - actor.model.base_bytes()) {
        plan = std::move(of_critic);
        other = actor.model.base_bytes();
      }
    }
    plan.push_back({"the other base", other});
    features += roles.critic_images().planned_bytes(critic.model, images);
  }
  plan.push_back({"adapters of all roles", roles.adapter_bytes()});
  plan.push_back({"image features", features});
  plan.push_back({"cache of answers being written", cache_bytes(actor, longest.actor, c)});
  return plan;
}

}  // namespace plumbline::rlhf
