#include "plumbline/engine/roles.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/adapter.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

class RolesTest : public testing::Test {
 protected:
  RolesTest() : assistant_(tiny_.load()) {
    config_.lora.rank = 2;
    config_.lora.targets = {"q_proj"};
    config_.model.reward_adapter = (tiny_.path() / "reward").string();
  }
  void save_reward(bool has_head) {
    auto trained = tiny_.load();
    trained.model.add_adapter("r", {.rank = 3, .alpha = 4, .targets = {"v_proj"}},
                              random_key(2, "roles_test"));
    for (auto& [name, tensor] : trained.model.adapter_parameters("r")) {
      at::Tensor(tensor).fill_(0.25);
    }
    if (has_head) trained.model.add_head("r", random_key(3, "roles_test"), false);
    checkpoint::save_adapter(config_.model.reward_adapter, trained.model, "r", "base");
  }

  TinyAssistant tiny_;
  Assistant assistant_;
  config::Config config_;
};

TEST_F(RolesTest, PolicyAndValueTrainTheReferenceAndTheRewardDoNot) {
  save_reward(true);
  const auto trained = attach_roles(assistant_.model, config_, random_key(4, "roles_test"));
  std::set<std::string> roles;
  for (const auto& [name, tensor] : trained) roles.insert(name.substr(0, name.find('.')));
  EXPECT_EQ(roles, (std::set<std::string>{"policy", "value", "value_head"}));
  // A trained tensor shares its storage with the role's own, and no other.
  for (const auto& [name, tensor] : trained) at::Tensor(tensor).fill_(7);
  for (const auto& [name, tensor] : assistant_.model.adapter_parameters(kReference)) {
    EXPECT_FALSE(tensor.eq(7).any().item<bool>()) << name;
  }
  for (const auto& [name, tensor] : assistant_.model.adapter_parameters(kReward)) {
    EXPECT_TRUE(tensor.eq(0.25).all().item<bool>()) << name;
  }
  EXPECT_TRUE(
      assistant_.model.adapter_parameters(kPolicy).begin()->second.eq(7).all().item<bool>());
}

TEST_F(RolesTest, TheValueStartsFromTheRewardWithAZeroHead) {
  save_reward(true);
  attach_roles(assistant_.model, config_, random_key(4, "roles_test"));
  for (const auto& [name, tensor] : assistant_.model.adapter_parameters(kValue)) {
    EXPECT_TRUE(tensor.eq(0.25).all().item<bool>()) << name;
  }
  const at::Tensor rows = at::ones({2, 32});
  EXPECT_TRUE(assistant_.model.score(kValue, rows).eq(0).all().item<bool>());
  EXPECT_FALSE(assistant_.model.score(kReward, rows).eq(0).any().item<bool>());
  EXPECT_GT(role_bytes(assistant_.model), 0);
}

TEST_F(RolesTest, ARewardModelIsNoPolicy) {
  save_reward(true);
  config_.model.adapter = config_.model.reward_adapter;
  EXPECT_THROW(attach_policy(assistant_.model, config_.model), CheckpointError);
  save_reward(false);
  auto fresh = tiny_.load();
  EXPECT_EQ(attach_policy(fresh.model, config_.model), kPolicy);
}

TEST_F(RolesTest, ARewardModelWithoutAHeadIsRefused) {
  save_reward(false);
  EXPECT_THROW(attach_roles(assistant_.model, config_, random_key(4, "roles_test")),
               CheckpointError);
}

}  // namespace
}  // namespace plumbline::engine
