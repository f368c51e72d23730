#include <gtest/gtest.h>

#include <set>

#include "plumbline/config/config.h"
#include "plumbline/config/section_lists.h"

namespace plumbline::config {
namespace {

TEST(PpoFields, EveryMemberIsThereOnce) {
  std::set<std::string> keys;
  for (const auto& field : ppo_fields()) EXPECT_TRUE(keys.insert(field.key).second) << field.key;
  for (const char* key : {"rollout_size", "kl_coef", "dual_clip", "gold_judge"}) {
    EXPECT_TRUE(keys.contains(key)) << key;
  }
}

TEST(PpoFields, WhatCannotBeMeantIsRefused) {
  const auto refused = [](std::vector<std::string> sets) {
    try {
      load(std::nullopt, sets);
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_NE(refused({"ppo.advantage=rloo"}).find("samples_per_prompt"), std::string::npos);
  EXPECT_EQ(refused({"ppo.advantage=rloo", "ppo.samples_per_prompt=4"}), "");
  EXPECT_NE(refused({"ppo.samples_per_prompt=5"}).find("divisor"), std::string::npos);
  EXPECT_NE(refused({"ppo.dual_clip=0.5"}).find("above 1"), std::string::npos);
  EXPECT_NE(refused({"ppo.advantage=reinforce_pp", "ppo.value_warmup_steps=2"}).find("gae"),
            std::string::npos);
}

}  // namespace
}  // namespace plumbline::config
