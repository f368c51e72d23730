#include "plumbline/rlhf/actor_critic.h"

#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/error.h"
#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class ActorCriticTest : public testing::Test, public TinyRoles {};

TEST_F(ActorCriticTest, PolicyAndValuesTrainTheReferenceAndTheRewardDoNot) {
  auto roles = load();
  std::set<std::string> names;
  for (const auto& [name, tensor] : roles.trained()) names.insert(name.substr(0, name.find('.')));
  EXPECT_EQ(names, (std::set<std::string>{"policy", "value", "value_head"}));
  for (const auto& [name, tensor] : roles.trained()) at::Tensor(tensor).fill_(7);
  auto& model = roles.actor().model;
  for (const auto& [name, tensor] : model.adapter_parameters(engine::kReference)) {
    EXPECT_FALSE(tensor.eq(7).any().item<bool>()) << name;
  }
  for (const auto& [name, tensor] : model.adapter_parameters(engine::kReward)) {
    EXPECT_TRUE(tensor.eq(0.2F).all().item<bool>()) << name;
  }
  EXPECT_TRUE(model.adapter_parameters(engine::kPolicy).begin()->second.eq(7).all().item<bool>());
}

TEST_F(ActorCriticTest, ValuesStartAsTheRewardModelWithAHeadOfZeros) {
  auto roles = load();
  auto& model = roles.critic().model;
  for (const auto& [name, tensor] : model.adapter_parameters(engine::kValue)) {
    EXPECT_TRUE(tensor.eq(0.2F).all().item<bool>()) << name;
  }
  const at::Tensor rows = at::ones({2, 32});
  EXPECT_TRUE(model.score(engine::kValue, rows).eq(0).all().item<bool>());
  EXPECT_FALSE(model.score(roles.reward_head(), rows).eq(0).any().item<bool>());
  EXPECT_GT(roles.adapter_bytes(), 0);
}

TEST_F(ActorCriticTest, WithoutValuesThePolicyAloneTrains) {
  auto roles = load(/*has_values=*/false);
  for (const auto& [name, tensor] : roles.trained())
    EXPECT_TRUE(name.starts_with("policy.")) << name;
  EXPECT_FALSE(roles.actor().model.has_adapter(engine::kValue));
}

TEST_F(ActorCriticTest, TheRewardModelMayHaveABaseOfItsOwn) {
  EXPECT_TRUE(load().is_one_base());
  config_.model.reward_base = tiny_.path().string();
  auto roles = load();
  EXPECT_FALSE(roles.is_one_base());
  EXPECT_FALSE(roles.actor().model.has_adapter(engine::kReward));
  EXPECT_TRUE(roles.critic().model.has_adapter(engine::kValue));
  EXPECT_GT(roles.critic_images().num_held(), 0);
}

// A whole model with a head: its values get an adapter of their own.
TEST_F(ActorCriticTest, TheRewardModelMayBeAWholeModel) {
  const fs::path whole = tiny_.path() / "whole";
  auto model = tiny_.load();
  model.model.add_head("", random_key(9, "head"), false);
  make_folders(whole);
  engine::save_assistant(whole, model, tiny_.path().string());
  checkpoint::save_head(whole.string(), model.model, "");
  config_.model.reward_adapter = whole.string();
  auto roles = load();
  EXPECT_EQ(roles.reward_head(), "");
  EXPECT_FALSE(roles.is_one_base());
  EXPECT_TRUE(
      roles.critic().model.score(engine::kValue, at::ones({1, 32})).eq(0).all().item<bool>());
}

TEST_F(ActorCriticTest, BasesWithOtherTokensAreRefused) {
  const fs::path other = tiny_.path() / "other";
  fs::copy(tiny_.path(), other);  // files alone
  write_file(other / "tokenizer.json", text::train_bpe({"something else. quite other words!"}, 300,
                                                       {"<unk>", "<s>", "</s>", "<image>"}));
  config_.model.reward_base = other.string();
  EXPECT_THROW(load(), ConfigError);
}

TEST_F(ActorCriticTest, ARewardModelWithoutAHeadIsRefused) {
  save_reward((tiny_.path() / "headless").string(), /*has_head=*/false);
  config_.model.reward_adapter = (tiny_.path() / "headless").string();
  EXPECT_THROW(load(), CheckpointError);
}

}  // namespace
}  // namespace plumbline::rlhf
