#include <gtest/gtest.h>

#include <cmath>
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
  EXPECT_NE(refused({"ppo.kl_in=loss"}).find("k2 or k3"), std::string::npos);
  EXPECT_EQ(refused({"ppo.kl_in=loss", "ppo.kl_estimator=k3"}), "");
  EXPECT_NE(refused({"ppo.kl_controller=adaptive", "ppo.kl_horizon=10"}).find("kl_horizon"),
            std::string::npos);
  EXPECT_NE(refused({"ppo.kl_controller=adaptive", "ppo.kl_coef=0"}).find("kl_coef"),
            std::string::npos);
  EXPECT_NE(refused({"ppo.cut_at=[\"\"]"}).find("empty"), std::string::npos);
  EXPECT_NE(refused({"ppo.dual_clip=0.5"}).find("above 1"), std::string::npos);
  EXPECT_NE(refused({"ppo.advantage=reinforce_pp", "ppo.value_warmup_steps=2"}).find("gae"),
            std::string::npos);
}

// The release's constants (its script of the 7B model and its defaults), each once more.
TEST(PpoFields, ThePaperFileIsTheRelease) {
  const Config c = load("configs/llava/ppo_paper.toml", {}).config;
  const auto& p = c.ppo;
  EXPECT_EQ(p.total_steps, 4 * 72000 / 512);
  EXPECT_EQ(p.rollout_size, 512);
  EXPECT_EQ(p.minibatch_size, 256);
  EXPECT_EQ(p.epochs, 2);
  EXPECT_EQ(c.generation.max_tokens, 896);
  EXPECT_EQ(c.generation.temperature, 1);
  EXPECT_EQ(p.cut_at, std::vector<std::string>{"?"});
  EXPECT_EQ(p.missing_end_penalty, -8);
  EXPECT_EQ(p.length_penalty, -10);
  EXPECT_EQ(p.correctness_bonus, 2);
  EXPECT_FALSE(p.symmetric_yes_no);
  EXPECT_EQ(p.repetition_penalty, 0);
  EXPECT_EQ(p.kl_coef, 0.1);
  EXPECT_EQ(p.kl_estimator, KlEstimatorKind::K1Clamped);
  EXPECT_EQ(p.reward_scale, 10);
  EXPECT_EQ(p.positions, Positions::Padded);
  EXPECT_EQ(p.gamma, 1);
  EXPECT_EQ(p.lambda, 1);
  EXPECT_EQ(p.vf_coef, 0.1);
  EXPECT_EQ(p.clip_range, 0.2);
  EXPECT_EQ(p.value_clip_range, 0.2);
  EXPECT_EQ(c.optimizer.lr, 3e-5);
  EXPECT_EQ(c.optimizer.max_grad_norm, 1);
  EXPECT_EQ(std::ceil(c.optimizer.warmup_ratio * static_cast<double>(p.total_steps)), 5);
  EXPECT_EQ(c.lora.rank, 64);
}

TEST(PpoFields, OurOwnFileHasNoRuleOfATokenizer) {
  const Config c = load("configs/llava/ppo_plumbline.toml", {}).config;
  EXPECT_TRUE(c.ppo.cut_at.empty());
  EXPECT_EQ(c.ppo.positions, Positions::Answer);
  EXPECT_TRUE(c.ppo.symmetric_yes_no);
  EXPECT_EQ(std::ceil(c.optimizer.warmup_ratio * static_cast<double>(c.ppo.total_steps)), 5);
}

}  // namespace
}  // namespace plumbline::config
