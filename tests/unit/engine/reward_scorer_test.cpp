#include "plumbline/engine/reward_scorer.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/engine/roles.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

using testing::HasSubstr;

class RewardScorerTest : public testing::Test {
 protected:
  RewardScorerTest() : assistant_(tiny_.load()), store_(assistant_.preprocess, tiny_.images()) {
    assistant_.model.add_adapter(kReward, {.rank = 2, .alpha = 4, .targets = {"q_proj"}},
                                 random_key(1, "lora"));
    for (auto& [name, tensor] : assistant_.model.adapter_parameters(kReward)) tensor.add_(0.1);
    assistant_.model.add_head(kReward, random_key(1, "head"), false);
  }
  static RewardInput input() {
    return {{.before_question = "{facts}",
             .judge = "is it right?",
             .opening = "it is",
             .facts_header = "facts:",
             .fact = " ({fact})"},
            {.has_facts = true}};
  }
  std::vector<std::vector<double>> scores(const std::vector<api::Candidates>& questions,
                                          int64_t budget = 4096) {
    const RewardInput asked = input();
    return RewardScorer(assistant_, store_, asked, kReward, budget, random_key(3, "facts"))
        .score(questions);
  }
  static api::Candidates question(const std::string& image, std::vector<std::string> answers) {
    return {.images = {image},
            .turns = {{.text = "<image>\nwhat is it?"}},
            .answers = std::move(answers),
            .facts = {"a red cup", "two cups"}};
  }

  TinyAssistant tiny_;
  Assistant assistant_;
  FeatureStore store_;
};

// Neither what else is in the batch, nor its order and portions, nor what answers share matters.
TEST_F(RewardScorerTest, ScoresAreThoseOfEachAnswerAlone) {
  const std::vector<std::string> answers = {"a cup", "a red cup.", "a red cup, two cups", "it"};
  const auto together = scores({question("0.png", answers), question("1.png", {"a cup"})});
  ASSERT_EQ(together.size(), 2U);
  const auto split = scores({question("0.png", answers), question("1.png", {"a cup"})}, 1);
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_NEAR(together[0][i], scores({question("0.png", {answers[i]})})[0][0], 1e-5);
    EXPECT_NEAR(together[0][i], split[0][i], 1e-5);
  }
  const RewardInput asked = input();
  RewardScorer second(assistant_, store_, asked, kReward, 4096, random_key(3, "facts"));
  const auto facts =
      asked.shown_facts(assistant_.tokenizer, fact_request(question("1.png", {"a cup"})),
                        random_key(3, "facts").at(1));
  EXPECT_NEAR(together[1][0], second.score_with({question("1.png", {"a cup"})}, {facts})[0][0],
              1e-5);
  EXPECT_NEAR(together[1][0], split[1][0], 1e-5);
  EXPECT_GT(std::abs(together[0][0] - together[0][1]), 1e-6);
  EXPECT_GT(std::abs(together[0][0] - together[1][0]), 1e-6) << "the picture is read";
}

TEST_F(RewardScorerTest, FactsAreReadAndMayBeGiven) {
  const RewardInput asked = input();
  RewardScorer scorer(assistant_, store_, asked, kReward, 4096, random_key(3, "facts"));
  const auto one = question("0.png", {"a cup"});
  const double with = scorer.score_with({one}, {{"a red cup"}})[0][0];
  const double other = scorer.score_with({one}, {{"two cups"}})[0][0];
  const double without = scorer.score_with({one}, {{}})[0][0];
  EXPECT_GT(std::abs(with - other), 1e-6);
  EXPECT_GT(std::abs(with - without), 1e-6);
  auto alone = one;
  alone.facts = {"a red cup"};
  EXPECT_EQ(scorer.score({alone})[0][0], with);
}

TEST_F(RewardScorerTest, AnswersBeyondThePositionsAreRefused) {
  const auto long_answer = question("0.png", {std::string(400, 'x')});
  EXPECT_THROW(scores({long_answer}), DataError);
}

TEST_F(RewardScorerTest, BothKindsOfRewardModelsAreLoaded) {
  const auto one = question("0.png", {"a cup", "two cups"});
  const auto expected = scores({one});
  const fs::path adapter = tiny_.path() / "adapter", whole = tiny_.path() / "whole";
  checkpoint::save_adapter(adapter.string(), assistant_.model, kReward, tiny_.path().string());
  input().save(adapter);
  // The same weights as one model.
  const auto head = assistant_.model.head_parameters(kReward);
  Assistant merged = tiny_.load();
  checkpoint::load_adapter(adapter.string(), merged.model, kReward);
  merged.model.merge_adapter(kReward);
  merged.model.add_head("", random_key(9, "head"), false);
  for (auto& [name, tensor] : merged.model.head_parameters("")) tensor.copy_(head.at(name));
  make_folders(whole);
  save_assistant(whole, merged, tiny_.path().string());
  checkpoint::save_head(whole.string(), merged.model, "");
  input().save(whole);
  for (const fs::path& folder : {adapter, whole}) {
    config::Config c;
    c.run.dtype = "float32";
    c.model.conversation = "brief";
    c.model.reward_adapter = folder.string();
    auto model = load_reward_model(c, at::kCPU, "test");
    FeatureStore store(model.assistant.preprocess, tiny_.images());
    const RewardInput asked = load_reward_input(c);
    RewardScorer scorer(model.assistant, store, asked, model.head, 4096, random_key(3, "facts"));
    const auto found = scorer.score({one});
    for (size_t i = 0; i < 2; ++i) EXPECT_NEAR(found[0][i], expected[0][i], 1e-5) << folder;
  }
}

TEST_F(RewardScorerTest, WhatIsMissingIsNamed) {
  config::Config c;
  c.model.reward_adapter = (tiny_.path() / "none").string();
  EXPECT_THROW(reward_base(c.model), ConfigError);
  EXPECT_THROW(load_reward_input(c), CheckpointError);
  c.model.reward_adapter = tiny_.path().string();  // a model without a head
  c.run.dtype = "float32";
  c.model.conversation = "brief";
  try {
    load_reward_model(c, at::kCPU, "test");
    FAIL();
  } catch (const CheckpointError& e) {
    EXPECT_THAT(std::string(e.what()), HasSubstr("reward_head.safetensors"));
  }
  c.reward.template_file = "configs/world/judge_turn.toml";
  EXPECT_TRUE(load_reward_input(c).has_facts());
}

}  // namespace
}  // namespace plumbline::engine
