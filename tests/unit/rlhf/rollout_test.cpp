#include "plumbline/rlhf/rollout.h"

#include <gmock/gmock.h>

#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class RolloutTest : public testing::Test, public TinyRoles {
 protected:
  RespondOptions options(int64_t samples = 1, int64_t first = 0) const {
    return {.generation = config_.generation,
            .samples = samples,
            .first = first,
            .key = random_key(1, "rollout_test")};
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
  const Rollout all = respond(roles, asked(), options(2));
  ASSERT_EQ(all.size(), 8);
  EXPECT_EQ(all.prompts[2], all.prompts[3]);
  EXPECT_EQ(all.sampled_logprobs.numel(), all.spans().total());
  const auto last_two = std::vector<const data::Prompt*>{&prompts_[2], &prompts_[3]};
  const Rollout part = respond(roles, last_two, options(2, 2));
  for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(part.tokens(i), all.tokens(4 + i));
  EXPECT_NE(all.tokens(0), all.tokens(1)) << "two samples are two draws";
}

TEST_F(RolloutTest, AnotherBaseReadsThePromptItsOwnWay) {
  config_.model.reward_model = tiny_.path().string();
  auto roles = load();
  const Rollout r = rollout(roles);
  EXPECT_NE(&r.critic(), &r.actor);
  EXPECT_EQ(r.critic().sequences, r.actor.sequences) << "the same base twice";
}

}  // namespace
}  // namespace plumbline::rlhf
