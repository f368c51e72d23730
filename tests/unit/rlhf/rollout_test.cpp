#include "plumbline/rlhf/rollout.h"

#include <gmock/gmock.h>

#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class RolloutTest : public testing::Test, public TinyRoles {
 protected:
  Rollout answered(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts,
                   int64_t first = 0) {
    config_.ppo.samples_per_prompt = 2;
    return respond(roles, prompts, first, random_key(1, "rollout_test"), config_);
  }
};

TEST_F(RolloutTest, GivenAnswersStandBehindTheirPrompts) {
  auto roles = load();
  const Rollout r = rollout(roles);
  ASSERT_EQ(r.size(), 4);
  EXPECT_EQ(r.spans().lengths(), (std::vector<int64_t>{3, 1, 2, 6}));
  EXPECT_EQ(r.tokens(2), (text::TokenIds{12, 2}));
  EXPECT_EQ(r.is_finished, (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(r.answers[1], "");
  EXPECT_EQ(&r.critic(), &r.actor);
}

TEST_F(RolloutTest, AnswersDependOnTheirPlaceAloneNotOnWhoElseIsAsked) {
  auto roles = load();
  const Rollout all = answered(roles, asked());
  ASSERT_EQ(all.size(), 8);
  EXPECT_EQ(all.prompts[2], all.prompts[3]);
  EXPECT_EQ(all.sampled_logprobs.numel(), all.spans().total());
  const auto last_two = std::vector<const data::Prompt*>{&prompts_[2], &prompts_[3]};
  const Rollout part = answered(roles, last_two, 2);
  for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(part.tokens(i), all.tokens(4 + i));
  EXPECT_NE(all.tokens(0), all.tokens(1)) << "two samples are two draws";
}

TEST_F(RolloutTest, AnotherBaseReadsThePromptItsOwnWay) {
  config_.model.reward_base = tiny_.path().string();
  auto roles = load();
  const Rollout r = rollout(roles);
  EXPECT_NE(&r.critic(), &r.actor);
  EXPECT_EQ(r.critic().sequences, r.actor.sequences) << "the same base twice";
}

}  // namespace
}  // namespace plumbline::rlhf
