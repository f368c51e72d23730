#include "plumbline/rlhf/gold.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/world/splits.h"
#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

TEST(Gold, NeedsQuestionsWhereItIsAskedFor) {
  config::Config c;
  EXPECT_FALSE(Gold::read(c).has_value());
  c.ppo.eval_every = 2;
  EXPECT_THROW(Gold::read(c), ConfigError);
  support::ScratchFolder scratch;
  c.data.benchmark = scratch / "none.jsonl";
  EXPECT_THROW(Gold::read(c), Error);
}

class GoldTest : public testing::Test, public TinyRoles {};

TEST_F(GoldTest, IsTheJudgesMeanOverGreedyAnswers) {
  support::ScratchFolder world;
  world::write_split({.split = "benchmark", .num_images = 3}, world.path() / "data");
  config_.data.benchmark = (world.path() / "data/benchmark.jsonl").string();
  config_.data.images = (world.path() / "data/images").string();
  config_.ppo.eval_every = 1;
  config_.ppo.eval_items = 9;
  config_.generation.max_tokens = 8;
  auto roles = ActorCritic::load(config_, true, at::kCPU, random_key(4, "gold_test"));
  const auto alone = parallel::make_local();
  const auto by_world = Gold::read(config_)->measure(roles, config_, *alone);
  EXPECT_GE(by_world.at("gold/score"), 0);
  EXPECT_LT(by_world.at("gold/score"), 3) << "of a random model";
  EXPECT_GT(by_world.at("gold/hallucination"), 0.5);
  config_.ppo.gold_judge = "four=1 sed 's/.*/4/'";
  const auto by_other = Gold::read(config_)->measure(roles, config_, *alone);
  EXPECT_EQ(by_other.at("gold/score"), 4);
  EXPECT_FALSE(by_other.contains("gold/hallucination")) << "which the other judge does not tell";
  // Weighted, and told how an answer ended: none of a random model's eight tokens do.
  config_.ppo.gold_judge = "open=2 awk '{ print /is_finished.:false/ ? 1 : 0 }'";
  EXPECT_GT(Gold::read(config_)->measure(roles, config_, *alone).at("gold/score"), 1);
  // A file of prompts will do for a judge of one's own.
  data::write_prompts((world.path() / "prompts.json").string(), prompts_);
  config_.data.benchmark = (world.path() / "prompts.json").string();
  config_.data.images = tiny_.images();
  config_.ppo.gold_judge = "four=1 sed 's/.*/4/'";
  auto other = load();
  EXPECT_EQ(Gold::read(config_)->measure(other, config_, *alone).at("gold/score"), 4);
}

}  // namespace
}  // namespace plumbline::rlhf
