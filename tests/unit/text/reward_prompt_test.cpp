#include "plumbline/text/reward_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/text/own_template.h"
#include "tests/support/scratch.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

using testing::HasSubstr;

const std::vector<Turn> kTurns = {{true, "<image>\nwhat is it?"}, {false, "a red cup"}};

RewardTemplate facts_first() {
  return {.before_question = "{facts}",
          .judge = "is it right?",
          .opening = "the score is",
          .facts_header = "\nfacts:",
          .fact = "\n - {fact}",
          .end_token = true};
}

RewardTemplate facts_in_judge() {
  auto t = facts_first();
  t.before_question = "";
  t.judge = "is it right?{facts}\nsay.";
  return t;
}

std::string shown(const RewardTemplate& t, const std::vector<std::string>& facts,
                  const std::vector<Turn>& turns = kTurns) {
  const auto tokenizer = tiny_tokenizer();
  return tokenizer.decode(encode_for_reward(tokenizer, tiny_format(), t, turns, facts).ids, true);
}

TEST(EncodeForReward, FactsBeforeTheQuestion) {
  EXPECT_EQ(
      shown(facts_first(), {"a cup", "a ball"}),
      "<s>USER: <image><image>\n\nfacts:\n - a cup\n - a ballwhat is it? ASSISTANT: a red cup</s>"
      "USER: is it right? ASSISTANT: the score is</s>");
}

TEST(EncodeForReward, FactsInTheJudgeTurn) {
  EXPECT_EQ(shown(facts_in_judge(), {"a cup"}),
            "<s>USER: <image><image>\nwhat is it? ASSISTANT: a red cup</s>"
            "USER: is it right?\nfacts:\n - a cup\nsay. ASSISTANT: the score is</s>");
}

TEST(EncodeForReward, WithoutFactsTheSlotVanishes) {
  const std::string plain =
      "<s>USER: <image><image>\nwhat is it? ASSISTANT: a red cup</s>USER: is it right?";
  EXPECT_EQ(shown(facts_first(), {}), plain + " ASSISTANT: the score is</s>");
  EXPECT_EQ(shown(facts_in_judge(), {}), plain + "\nsay. ASSISTANT: the score is</s>");
}

TEST(EncodeForReward, WithoutTheEndTokenTheScoreIsReadAtTheOpening) {
  auto t = facts_first();
  t.end_token = false;
  EXPECT_EQ(shown(t, {}) + "</s>", shown(facts_first(), {}));
  // Nothing stays behind of an end that is more than one token, or no token of its own.
  for (const char* end : {" </s>", "###"}) {
    const auto tokenizer = tiny_tokenizer();
    auto format = tiny_format();
    format.conversation.end = end;
    const auto ids = encode_for_reward(tokenizer, format, t, kTurns, {}).ids;
    EXPECT_TRUE(tokenizer.decode(ids, true).ends_with("ASSISTANT: the score is")) << end;
  }
}

TEST(EncodeForReward, OnlyTheFirstUserTurnGetsFactsAndTextOnlyTurnsGetThemInFront) {
  const std::vector<Turn> turns = {{true, "a?"}, {false, "b"}, {true, "c?"}, {false, "d"}};
  EXPECT_EQ(shown(facts_first(), {"x"}, turns),
            "<s>USER: \nfacts:\n - xa? ASSISTANT: b</s>USER: c? ASSISTANT: d</s>"
            "USER: is it right? ASSISTANT: the score is</s>");
}

TEST(EncodeForReward, LastRangeIsTheJudgedAnswerTrainedOrNot) {
  const auto t = tiny_tokenizer();
  const std::vector<Turn> turns = {
      {true, "a?"}, {false, "b", false}, {true, "c?"}, {false, "the answer", false}};
  const auto encoded = encode_for_reward(t, tiny_format(), facts_first(), turns, {"x"});
  ASSERT_EQ(encoded.answers.size(), 1u);
  EXPECT_EQ(t.decode(part(encoded.ids, encoded.answers.back()), true), " the answer</s>");
  EXPECT_EQ(encoded.ids.back(), 1);
  // Both answers of a comparison share all rows before the answer.
  auto others = turns;
  others.back().text = "another";
  const auto other = encode_for_reward(t, tiny_format(), facts_first(), others, {"x"});
  EXPECT_EQ(part(encoded.ids, {0, encoded.answers.back().first}),
            part(other.ids, {0, other.answers.back().first}));
}

TEST(EncodeForReward, ConversationIsEncodedAsThePolicySawIt) {
  const auto t = tiny_tokenizer();
  const auto example = encode(t, tiny_format(), kTurns);
  const auto judged = encode_for_reward(t, tiny_format(), facts_in_judge(), kTurns, {"x"});
  EXPECT_EQ(part(judged.ids, {0, static_cast<int64_t>(example.ids.size())}), example.ids);
}

TEST(EncodeForReward, PlaceholdersInAnswerAndFactsAreData) {
  const auto t = tiny_tokenizer();
  const std::vector<Turn> turns = {{true, "<image>\na?"}, {false, "an <image> {facts}"}};
  const auto encoded =
      encode_for_reward(t, tiny_format(), facts_first(), turns, {"{fact} <image> {facts}"});
  EXPECT_EQ(encoded.num_images, 1);
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), 2), 2);
  EXPECT_THAT(t.decode(encoded.ids), HasSubstr("\n - {fact} <image> {facts}a?"));
  EXPECT_THROW(encode_for_reward(t, tiny_format(), facts_first(),
                                 {{true, "a"}, {false, "<image>"}, {true, "b"}, {false, "c"}}, {}),
               DataError);
}

// As a LLaVA's template has it: a blank before an answer, none between turns but the template's
// own.
PromptFormat own_format() {
  const char* const source =
      "{% for m in messages %}{% if m.role == 'user' %}USER: {% for c in m.content %}{% if c.type "
      "== 'image' %}<image>\n{% else %}{{ c.text }}{% endif %}{% endfor %} {% else %}ASSISTANT: {{ "
      "m.content[0].text }}</s>{% endif %}{% endfor %}{% if add_generation_prompt "
      "%}ASSISTANT:{% endif %}";
  PromptFormat format = tiny_format();
  format.conversation = {.name = "template"};
  format.own_template = std::make_shared<const OwnTemplate>(
      OwnTemplate{.chat = ChatTemplate(source, "test"), .has_parts = true});
  return format;
}

// The same words as in the style that this template writes.
TEST(EncodeForReward, InTheCheckpointsOwnTemplate) {
  const auto t = tiny_tokenizer();
  for (const RewardTemplate& words : {facts_first(), facts_in_judge()}) {
    for (const bool end_token : {true, false}) {
      RewardTemplate one = words;
      one.end_token = end_token;
      const auto own = encode_for_reward(t, own_format(), one, kTurns, {"a cup"});
      const auto named = encode_for_reward(t, tiny_format(), one, kTurns, {"a cup"});
      EXPECT_EQ(t.decode(own.ids, true), t.decode(named.ids, true));
      ASSERT_EQ(own.answers.size(), 1U);
      EXPECT_EQ(t.decode(part(own.ids, own.answers[0]), true), " a red cup</s>");
      const auto policy = encode(t, own_format(), kTurns);
      if (words.before_question.empty()) {
        EXPECT_EQ(own.answers, policy.answers);
        EXPECT_EQ(part(own.ids, {0, std::ssize(policy.ids)}), policy.ids);
      }
    }
  }
}

TEST(EncodeForReward, WhatIsSpeltStaysDataInTheOwnTemplate) {
  const auto t = tiny_tokenizer();
  const std::vector<Turn> turns = {{true, "<image>\na?"}, {false, "an <image> </s>"}};
  const auto encoded = encode_for_reward(t, own_format(), facts_first(), turns, {"<image></s>"});
  EXPECT_EQ(encoded.num_images, 1);
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), 2), 2);
  EXPECT_EQ(std::count(encoded.ids.begin(), encoded.ids.end(), 1), 2) << "the ends of two answers";
  EXPECT_THROW(encode_for_reward(t, own_format(), facts_first(),
                                 {{true, "a <image> b"}, {false, "c"}}, {"d"}),
               DataError);
}

constexpr const char* kGood =
    "before_question = \"{facts}\"\njudge = \"right?\"\nopening = \"score\"\n"
    "facts_header = \"\\nfacts:\"\nfact = \"\\n- {fact}\"\n";

TEST(LoadRewardTemplate, ReadsEveryKey) {
  const auto t = load_reward_template(TemporaryFile(kGood).path());
  EXPECT_EQ(t.before_question, "{facts}");
  EXPECT_EQ(t.judge, "right?");
  EXPECT_EQ(t.opening, "score");
  EXPECT_EQ(t.facts_header, "\nfacts:");
  EXPECT_EQ(t.fact, "\n- {fact}");
  EXPECT_TRUE(t.end_token);
  EXPECT_FALSE(
      load_reward_template(TemporaryFile(kGood + std::string("end_token = false\n")).path())
          .end_token);
}

std::string error_of(const std::string& text) {
  const TemporaryFile file(text);
  try {
    load_reward_template(file.path());
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr(file.path()));
    return e.what();
  }
  ADD_FAILURE() << "no exception";
  return {};
}

TEST(LoadRewardTemplate, ReportsKeysAndSlotsTogether) {
  const std::string text = error_of(
      "before_question = \"{fact}\"\njudge = \"{facts} {\\\"a\\\": 1} <image>\"\n"
      "opning = \"x\"\nfact = 3\n");
  EXPECT_THAT(text, HasSubstr("[reward template] 6 problems:"));
  EXPECT_THAT(
      text,
      HasSubstr(":1: key 'before_question' holds the unknown slot {fact}; it may hold {facts}"));
  EXPECT_THAT(text, HasSubstr(":2: key 'judge' holds <image>"));
  EXPECT_THAT(text, HasSubstr(":3: unknown key 'opning'"));
  EXPECT_THAT(text, HasSubstr(":4: key 'fact' expected text"));
  EXPECT_THAT(text, HasSubstr("key 'opening' is missing or empty"));
  EXPECT_THAT(text, HasSubstr("key 'fact' expected the slot {fact}"));
}

TEST(LoadRewardTemplate, OtherMistakes) {
  EXPECT_THAT(error_of(std::string(kGood) + "x = \n"), HasSubstr(":6: expected TOML, got 'x = '"));
  EXPECT_THAT(error_of("before_question = \"{facts}\"\njudge = \"{facts}\"\nopening = \"x\"\n"
                       "fact = \"{fact}\"\n"),
              HasSubstr("both hold {facts}"));
  try {
    load_reward_template("no/such.toml");
    FAIL() << "no exception";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("no/such.toml: expected a TOML file, got none"));
  }
}

class RecipeTextFile : public support::Scratch {
 protected:
  RewardTemplate load(const std::string& text, const std::string& more = "") {
    write_file(folder_ / "prompt.txt", text);
    write_file(
        folder_ / "t.toml",
        "text_file = \"prompt.txt\"\nfacts_header = \"See:\\n\"\nfact = \"- {fact}\\n\"\n" + more);
    return load_reward_template(path("t.toml"));
  }
  std::string error(const std::string& text, const std::string& more = "") {
    try {
      load(text, more);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "";
  }
};

TEST_F(RecipeTextFile, HoldsTheJudgingTurnAndTheOpening) {
  const auto t =
      load("USER: Judge it.\n1. True: {factual_prompt}\n2. Short. ASSISTANT: The score is\n");
  EXPECT_EQ(t.judge, "Judge it.\n1. True: {facts}\n2. Short.");
  EXPECT_EQ(t.opening, "The score is");
  EXPECT_TRUE(t.has_facts_slot());
  EXPECT_TRUE(t.end_token);
  EXPECT_EQ(fact_line(t, "a cup"), "- a cup\n");
}

TEST_F(RecipeTextFile, NamesItsSlot) {
  EXPECT_THAT(error("USER: Judge it. ASSISTANT: The score is"), HasSubstr("{factual_prompt}"));
  EXPECT_THAT(error("USER: {factual_prompt} {other} ASSISTANT: x"),
              HasSubstr("unknown slot {other}"));
  EXPECT_THAT(error("Judge it. {factual_prompt}"), HasSubstr("'USER: ... ASSISTANT: ...'"));
  EXPECT_THAT(error("USER: {factual_prompt} ASSISTANT: x", "judge = \"y\"\n"),
              HasSubstr("got both"));
  fs::remove(folder_ / "prompt.txt");
  EXPECT_THROW(load_reward_template(path("t.toml")), ConfigError);
}

}  // namespace
}  // namespace plumbline::text
