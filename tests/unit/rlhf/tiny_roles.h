// A policy, a reward model and prompts small enough for unit tests.
#pragma once

#include <ATen/core/grad_mode.h>

#include "plumbline/checkpoint/adapter.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/engine/roles.h"
#include "plumbline/rlhf/actor_critic.h"
#include "plumbline/rlhf/rollout.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::rlhf {

class TinyRoles {
 public:
  TinyRoles() {
    save_reward((tiny_.path() / "reward").string(), /*has_head=*/true);
    config_.run.dtype = "float32";
    config_.model.path = tiny_.path().string();
    config_.model.conversation = "brief";
    config_.model.reward_adapter = (tiny_.path() / "reward").string();
    config_.data.images = tiny_.images();
    config_.lora.rank = 2;
    config_.lora.targets = {"q_proj", "v_proj"};
    config_.generation.max_tokens = 6;
    config_.ppo.rollout_size = 4;
    config_.ppo.minibatch_size = 2;
    for (int i = 0; i < 4; ++i) {
      prompts_.push_back({.id = "p" + std::to_string(i),
                          .image = std::to_string(i % 3) + ".png",
                          .turns = {{true, "<image>\nwhat is it?"}}});
    }
  }

  void save_reward(const std::string& folder, bool has_head) const {
    auto trained = tiny_.load();
    trained.model.add_adapter("r", {.rank = 2, .alpha = 4, .targets = {"v_proj"}},
                              random_key(2, "tiny_roles"));
    for (auto& [name, tensor] : trained.model.adapter_parameters("r"))
      at::Tensor(tensor).fill_(0.2);
    if (has_head) trained.model.add_head("r", random_key(3, "tiny_roles"), false);
    checkpoint::save_adapter(folder, trained.model, "r", "base");
    input(true).save(folder);
  }
  static engine::RewardInput input(bool has_facts) {
    return {{.before_question = "{facts}",
             .judge = "is it right?",
             .opening = "it is",
             .facts_header = "facts:",
             .fact = " ({fact})"},
            {.has_facts = has_facts}};
  }
  ActorCritic load(bool has_values = true) const {
    auto roles = ActorCritic::load(config_, has_values, at::kCPU, random_key(4, "tiny_roles"));
    roles.prepare(data::images_of(prompts_));
    return roles;
  }
  // A policy that is not its reference.
  static void disturb(ActorCritic& roles) {
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : roles.actor().model.adapter_parameters(engine::kPolicy)) {
      at::Tensor(tensor).add_(0.1);
    }
  }
  std::vector<const data::Prompt*> asked() const {
    std::vector<const data::Prompt*> all;
    for (const auto& prompt : prompts_) all.push_back(&prompt);
    return all;
  }
  // Four answers of 3, 1, 2 and 6 tokens, of which the last does not end.
  Rollout rollout(ActorCritic& roles) const {
    return rollout_of(roles, asked(), {{10, 11, 2}, {2}, {12, 2}, {10, 11, 12, 13, 14, 15}},
                      engine::answer_ends(roles.actor()));
  }

  engine::TinyAssistant tiny_;
  config::Config config_;
  std::vector<data::Prompt> prompts_;
};

}  // namespace plumbline::rlhf
