#include "plumbline/rlhf/actor_critic.h"

#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"

namespace plumbline::rlhf {
namespace {

// Answers are tokens to both: they must mean the same.
void check_same_tokens(const engine::Assistant& actor, const engine::Assistant& critic,
                       const config::ModelConfig& c) {
  const auto &a = actor.tokenizer, &b = critic.tokenizer;
  int64_t id = a.vocab_size() == b.vocab_size() ? 0 : -1;
  while (id >= 0 && id < a.vocab_size() && a.token(id) == b.token(id)) ++id;
  if (id == a.vocab_size()) return;
  throw ConfigError(Complaint{
      .component = "ppo",
      .doing = "comparing the tokens of the policy and of its reward model",
      .expected = "the same ones",
      .got = id < 0 ? std::to_string(a.vocab_size()) + " and " + std::to_string(b.vocab_size()) +
                          " of them"
                    : "token " + std::to_string(id) + " is '" + a.token(id) + "' and '" +
                          b.token(id) + "'",
      .where = c.path + " and " + engine::reward_base(c),
      .hint = "values are read between an answer's tokens; ppo.advantage = \"rloo\" needs "
              "none."});
}

bool has_own_base(const config::ModelConfig& c) {
  return !c.reward_base.empty() || engine::is_whole_model(c.reward_adapter);
}

}  // namespace

ActorCritic ActorCritic::load(const config::Config& c, bool has_values, at::Device device,
                              RandomKey key) {
  ActorCritic roles;
  roles.has_values_ = has_values;
  roles.actor_ = std::make_unique<engine::Assistant>(engine::load_assistant(c, device));
  auto& policy_model = roles.actor_->model;
  if (engine::attach_policy(policy_model, c.model).empty()) {
    policy_model.add_adapter(engine::kPolicy, nn::adapter_spec(c.lora), key.at("lora"));
  }
  policy_model.copy_adapter(engine::kPolicy, engine::kReference);
  roles.actor_images_ =
      std::make_unique<engine::FeatureStore>(roles.actor_->preprocess, c.data.images);
  if (has_own_base(c.model)) {
    auto loaded = engine::load_reward_model(c, device, "ppo");
    roles.critic_ = std::make_unique<engine::Assistant>(std::move(loaded.assistant));
    roles.reward_head_ = loaded.head;
    if (has_values) check_same_tokens(*roles.actor_, *roles.critic_, c.model);
    roles.critic_images_ =
        std::make_unique<engine::FeatureStore>(roles.critic_->preprocess, c.data.images);
  } else {
    engine::attach_reward(policy_model, c.model, "ppo");
    roles.reward_head_ = engine::kReward;
  }
  if (has_values) roles.attach_values(c, key.at("value"));
  return roles;
}

void ActorCritic::attach_values(const config::Config& c, RandomKey key) {
  auto& model = critic().model;
  if (reward_head_.empty()) {
    model.add_adapter(engine::kValue, nn::adapter_spec(c.lora), key.at("lora"));
  } else {
    model.copy_adapter(reward_head_, engine::kValue);
  }
  model.add_head(engine::kValue, key, /*zero=*/true);
}

void ActorCritic::prepare(const std::vector<std::string>& images) {
  actor_images_->prepare(actor_->model, images);
  if (critic_) critic_images_->prepare(critic_->model, images);
}

nn::Parameters ActorCritic::trained() {
  nn::Parameters trained;
  const auto add = [&](const std::string& prefix, const nn::Parameters& parameters) {
    for (const auto& [name, tensor] : parameters) trained.emplace(prefix + name, tensor);
  };
  add("policy.", actor_->model.adapter_parameters(engine::kPolicy));
  if (has_values_) {
    add("value.", critic().model.adapter_parameters(engine::kValue));
    add("value_head.", critic().model.head_parameters(engine::kValue));
  }
  return trained;
}

int64_t ActorCritic::adapter_bytes() {
  int64_t bytes = 0;
  const auto add = [&](model::Llava& model) {
    for (const std::string& name : model.adapters()) {
      bytes += nn::num_bytes(model.adapter_parameters(name));
    }
  };
  add(actor_->model);
  if (critic_) add(critic_->model);
  return bytes;
}

}  // namespace plumbline::rlhf
