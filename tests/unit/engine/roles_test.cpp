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
  EXPECT_THROW(attach_reward(assistant_.model, config_.model, "test"), CheckpointError);
}

}  // namespace
}  // namespace plumbline::engine
