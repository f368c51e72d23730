#include "plumbline/rlhf/memory.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "plumbline/engine/roles.h"
#include "plumbline/nn/kv_cache.h"

namespace plumbline::rlhf {
namespace {

int64_t cache_bytes(engine::Assistant& actor, const std::vector<data::Prompt>& prompts,
                    const config::Config& c) {
  int64_t longest = 0;
  for (const auto& prompt : prompts) {
    longest = std::max<int64_t>(
        longest, std::ssize(text::encode_prompt(actor.tokenizer, actor.format, prompt.turns).ids));
  }
  const auto& text = actor.model.config().text;
  const int64_t slots = std::min(c.generation.batch_size, c.ppo.rollout_size);
  return nn::KvCache::bytes(text.num_layers, text.num_kv_heads, text.head_dim, slots,
                            longest + c.generation.max_tokens, actor.model.dtype());
}

}  // namespace

engine::MemoryPlan plan_memory(ActorCritic& roles, const std::vector<data::Prompt>& prompts,
                               const config::Config& c, int64_t program_bytes,
                               int64_t training_bytes) {
  auto& actor = roles.actor();
  auto plan =
      engine::plan_memory(actor.model, {.program_bytes = program_bytes,
                                        .training_bytes = training_bytes,
                                        .micro_tokens = c.ppo.micro_tokens,
                                        .recomputes = c.run.activation_checkpointing,
                                        .rank = actor.model.adapter_spec(engine::kPolicy).rank});
  plan.push_back({"adapters of all roles", roles.adapter_bytes()});
  int64_t images = roles.actor_images().bytes();
  if (!roles.is_one_base()) {
    plan.push_back({"the reward model's own base", roles.critic().model.base_bytes()});
    images += roles.critic_images().bytes();
  }
  plan.push_back({"image features", images});
  plan.push_back({"cache of answers being written", cache_bytes(actor, prompts, c)});
  return plan;
}

}  // namespace plumbline::rlhf
