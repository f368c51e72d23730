// The four roles of PPO and the models that they sit on.
#pragma once

#include <memory>
#include <string>

#include "plumbline/engine/assistant.h"
#include "plumbline/engine/feature_store.h"

namespace plumbline::rlhf {

// Policy and reference are adapters of the actor. Reward model and values are adapters of the
// critic, which is the same base, or another one (a larger model that looks at larger pictures).
class ActorCritic {
 public:
  // The policy is model.adapter, or a new adapter as [lora] says; the reference is its copy. The
  // reward model is model.reward_adapter on model.reward_base (empty: on model.path), or a whole
  // model in that folder. Values start as the reward model's adapter (for a whole model: as a new
  // one) with a head of zeros, if they are needed. Throws what the loaders do, CheckpointError for
  // a reward model without a head, and ConfigError for two bases whose tokens differ.
  static ActorCritic load(const config::Config& config, bool has_values, at::Device device,
                          RandomKey key);

  engine::Assistant& actor() { return *actor_; }
  engine::Assistant& critic() { return critic_ ? *critic_ : *actor_; }
  bool is_one_base() const { return critic_ == nullptr; }
  bool has_values() const { return has_values_; }
  // The adapter (and head) that scores; "" for a whole model.
  const std::string& reward_head() const { return reward_head_; }

  engine::FeatureStore& actor_images() { return *actor_images_; }
  engine::FeatureStore& critic_images() { return critic_ ? *critic_images_ : *actor_images_; }
  // Looks at the images, for both.
  void prepare(const std::vector<std::string>& images);

  // What trains, by name: the policy's adapter, and the values' with their head.
  nn::Parameters trained();
  // Bytes of the adapters of all roles.
  int64_t adapter_bytes();

 private:
  ActorCritic() = default;
  void attach_values(const config::Config& config, RandomKey key);

  std::unique_ptr<engine::Assistant> actor_, critic_;
  std::unique_ptr<engine::FeatureStore> actor_images_, critic_images_;
  std::string reward_head_;
  bool has_values_ = false;
};

}  // namespace plumbline::rlhf
