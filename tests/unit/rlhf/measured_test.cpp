#include "plumbline/rlhf/measured.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <limits>

#include "plumbline/base/error.h"
#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class MeasuredTest : public testing::Test, public TinyRoles {
 protected:
  Measured measure(ActorCritic& roles, const Rollout& r, int64_t micro_tokens = 4096) {
    config_.ppo.micro_tokens = micro_tokens;
    Measured m;
    measure_tokens(roles, r, layout_of(r.spans(), config_), config_, m);
    return m;
  }
};

TEST_F(MeasuredTest, APolicyThatIsItsReferenceHasNoKl) {
  auto roles = load();
  const auto m = measure(roles, rollout(roles));
  EXPECT_TRUE(at::equal(m.logprobs, m.ref_logprobs));
  disturb(roles);
  const auto later = measure(roles, rollout(roles));
  EXPECT_FALSE(at::allclose(later.logprobs, later.ref_logprobs));
  EXPECT_TRUE(at::allclose(later.ref_logprobs, m.ref_logprobs));
}

TEST_F(MeasuredTest, PassesDoNotMatter) {
  auto roles = load();
  disturb(roles);
  for (auto& [name, tensor] : roles.critic().model.head_parameters(engine::kValue)) {
    at::Tensor(tensor).fill_(0.1);
  }
  const auto r = rollout(roles);
  const auto whole = measure(roles, r), split = measure(roles, r, 1);
  EXPECT_TRUE(at::allclose(whole.logprobs, split.logprobs, 1e-5, 1e-5));
  EXPECT_TRUE(at::allclose(whole.values, split.values, 1e-5, 1e-5));
  EXPECT_GT(whole.values.abs().min().item<double>(), 1e-6);
}

// What follows an answer's end belongs to no answer: other answers' tokens change nothing.
TEST_F(MeasuredTest, AnswersDoNotSeeEachOther) {
  auto roles = load();
  const auto ends = engine::answer_ends(roles.actor());
  const auto a = rollout_of(roles, asked(), {{10, 2}, {11, 2}, {12, 2}, {13, 2}}, ends);
  const auto b = rollout_of(roles, asked(), {{10, 2}, {20, 21, 2}, {22, 2}, {23}}, ends);
  EXPECT_TRUE(at::allclose(measure(roles, a).logprobs.slice(0, 0, 2),
                           measure(roles, b).logprobs.slice(0, 0, 2), 1e-5, 1e-5));
}

TEST_F(MeasuredTest, PaddedPositionsHaveOneValueMoreEach) {
  auto roles = load();
  const auto r = rollout(roles);
  config_.ppo.positions = config::Positions::Padded;
  const auto m = measure(roles, r);
  EXPECT_EQ(m.values.numel(), 3 + 1 + 1 + 1 + 2 + 1 + 6) << "but none behind a longest answer";
  EXPECT_EQ(layout_of(r.spans(), config_).answers.total(), 4 * 6);
}

// The order of facts is that of the prompt's place, whatever the passes, the samples and who else
// is asked; the same prompt twice in a row is two places.
TEST_F(MeasuredTest, ScoresAreThoseOfThePromptsPlace) {
  auto roles = load();
  write_file(
      tiny_.path() / "facts.json",
      R"({"0.png": ["a", "bb", "ccc", "dd"], "1.png": ["a", "x"], "2.png": ["z", "yy", "x"]})");
  auto input = TinyRoles::input(true);
  std::vector<engine::FactRequest> requests;
  for (const auto& prompt : prompts_) requests.push_back(engine::fact_request(prompt));
  input.read_facts((tiny_.path() / "facts.json").string(), requests);
  const auto ends = engine::answer_ends(roles.actor());
  const auto scores = [&](std::vector<const data::Prompt*> prompts, int64_t first,
                          int64_t micro_tokens) {
    const std::vector<text::TokenIds> answers(prompts.size(), {10, 2});
    config_.ppo.micro_tokens = micro_tokens;
    return model_scores(roles, input, rollout_of(roles, prompts, answers, ends), first,
                        random_key(1, "facts"), config_.ppo);
  };
  const auto *a = &prompts_[0], *c = &prompts_[2];
  const auto all = scores({a, a, c, c}, 5, 4096);
  const auto split = scores({a, a, c, c}, 5, 1), tail = scores({c, c}, 7, 4096);
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(all[i], split[i], 1e-5);
  EXPECT_NEAR(all[2], tail[0], 1e-5);
  EXPECT_NEAR(all[3], tail[1], 1e-5);
  EXPECT_GT(std::abs(all[0] - all[1]), 1e-6) << "two places, two orders";
}

TEST_F(MeasuredTest, AScoreThatIsNotFiniteNamesItsPrompt) {
  auto roles = load();
  const auto input = TinyRoles::input(false);
  const auto r = rollout(roles);
  at::Tensor(roles.critic().model.head_parameters(engine::kReward).at("bias"))
      .fill_(std::numeric_limits<float>::infinity());
  try {
    model_scores(roles, input, r, 0, random_key(1, "facts"), config_.ppo);
    ADD_FAILURE() << "an infinite score passed";
  } catch (const NumericError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("prompt 'p0'"));
  }
}

TEST_F(MeasuredTest, AUsersTermGetsAnswersWithFactsAndIsWeighted) {
  auto roles = load();
  const std::string facts = (tiny_.path() / "facts.json").string();
  write_file(facts, R"({"0.png": ["a cup"], "1.png": ["an ox"], "2.png": ["a box"]})");
  auto input = TinyRoles::input(true);
  std::vector<engine::FactRequest> requests;
  for (const auto& prompt : prompts_) requests.push_back(engine::fact_request(prompt));
  input.read_facts(facts, requests);
  // 1 where the line tells of the ox and of a file in the images' folder.
  const remote::AnswerScorer term(remote::ScorerSpec{
      .name = "ox", .weight = 3, .where = "awk '{ print (/an ox/ && /images.1.png/) ? 1 : 0 }'"});
  const auto scored = user_term(term, input, rollout(roles), config_.data.images);
  EXPECT_EQ(scored.name, "ox");
  EXPECT_EQ(scored.values, (std::vector<double>{0, 3, 0, 0}));
}

}  // namespace
}  // namespace plumbline::rlhf
