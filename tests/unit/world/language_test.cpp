#include "plumbline/world/language.h"

#include <gtest/gtest.h>

#include "plumbline/text/reward_prompt.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/parse_answer.h"
#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Language, PhrasesHaveOneForm) {
  const Scene scene = kitchen();
  EXPECT_EQ(phrase(scene.kinds[0]), "two small red cups");
  EXPECT_EQ(phrase(scene.kinds[1]), "a large blue chair");
  EXPECT_EQ(describe(scene),
            "this is a kitchen. there are two small red cups. there is a large blue chair. "
            "there is a small white lamp.");
  EXPECT_EQ(color_sentence(scene.kinds[0]), "the cups are red.");
  EXPECT_EQ(relation_sentence(scene.kinds[0], Side::Left, scene.kinds[1]),
            "the cups are left of the chair.");
}

// Every fact parses, every claim in it is true, and nearly all kinds are told with all attributes.
TEST(Language, CaptionsAreTrueAndNearlyComplete) {
  double named = 0, kinds = 0;
  for_each_item("description", 1500, [&](const BenchmarkItem& item, RandomKey key) {
    const auto facts = captions(item.scene, key.at("facts"));
    ASSERT_EQ(facts.size(), 5u);
    bool tells_place = false;
    for (const std::string& fact : facts) {
      const auto sentences = parse_answer(fact);
      ASSERT_EQ(sentences.size(), 1u) << fact;
      ASSERT_FALSE(sentences[0].statements.empty()) << fact;
      for (const Statement& statement : sentences[0].statements) {
        for (const Claim& claim : statement.claims) {
          EXPECT_TRUE(holds(claim, item)) << fact;
          tells_place = tells_place || claim.kind == ClaimKind::Environment;
        }
      }
    }
    EXPECT_TRUE(tells_place);
    for (const Kind& kind : item.scene.kinds) {
      ++kinds;
      for (const std::string& fact : facts) {
        if (fact.find(phrase(kind)) == std::string::npos) continue;
        ++named;
        break;
      }
    }
  });
  EXPECT_NEAR(named / kinds, 0.96, 0.01);
}

TEST(Language, FactsBlockIsWhatTheRewardTemplateWrites) {
  EXPECT_EQ(facts_block({"a.", "b."}), "Facts:\n- a.\n- b.\n");
  EXPECT_EQ(facts_block({}), "");
  EXPECT_TRUE(std::string(kVerdictGood).starts_with(kVerdictOpening));
  EXPECT_TRUE(std::string(kVerdictBad).starts_with(kVerdictOpening));
}

// The base has read the judging turn in these words; the reward model's template must use them too.
TEST(Language, TheRewardTemplateHasTheSameWords) {
  const auto prompt = text::load_reward_template("configs/world/judge_before.toml");
  EXPECT_EQ(prompt.facts_header, kFactsHeader);
  EXPECT_EQ(prompt.fact, std::string(kFactBegin) + "{fact}" + kFactEnd);
  EXPECT_EQ(prompt.judge, kJudgeTurn);
  EXPECT_EQ(prompt.opening, kVerdictOpening);
}

}  // namespace
}  // namespace plumbline::world
