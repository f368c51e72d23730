#include "plumbline/engine/reward_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

using testing::HasSubstr;

const FactRequest kRequest = {.images = {"a.png"}};

class RewardInputTest : public testing::Test {
 protected:
  RewardInputTest() : assistant_(tiny_.load()) {
    write_file(facts_, R"({"a.png": ["a red cup", "two balls", "no dog"]})");
  }
  static RewardInput make(bool has_facts, int64_t max_facts = 5) {
    return {{.before_question = "{facts}",
             .judge = "is it right?",
             .opening = "it is",
             .facts_header = "facts:",
             .fact = " ({fact})",
             .end_token = true},
            {.has_facts = has_facts, .max_facts = max_facts}};
  }
  std::string shown(const RewardInput& input, uint64_t key = 1) const {
    const auto ids = input.encode(assistant_, {{true, "<image>\nwhat?"}}, "a cup", kRequest,
                                  random_key(key, "reward_input_test"));
    return assistant_.tokenizer.decode(ids, true);
  }

  TinyAssistant tiny_;
  Assistant assistant_;
  std::string facts_ = (tiny_.path() / "facts.json").string();
};

TEST_F(RewardInputTest, FactsAreShownOnlyByAModelTrainedWithThem) {
  RewardInput with = make(true), without = make(false);
  with.read_facts(facts_, {kRequest});
  without.read_facts("", {kRequest});
  EXPECT_THAT(shown(with), testing::AllOf(HasSubstr("facts:"), HasSubstr("(a red cup)"),
                                          HasSubstr("(two balls)"), HasSubstr("(no dog)")));
  EXPECT_THAT(shown(without), testing::Not(HasSubstr("facts")));
  EXPECT_THAT(shown(without), HasSubstr("a cup</s>USER: is it right? ASSISTANT: it is</s>"));
}

TEST_F(RewardInputTest, OrderOfFactsIsTheKeysAndTheirNumberIsLimited) {
  RewardInput all = make(true), two = make(true, 2);
  all.read_facts(facts_, {kRequest});
  two.read_facts(facts_, {kRequest});
  EXPECT_EQ(shown(all, 1), shown(all, 1));
  std::set<std::string> orders;
  for (uint64_t key = 0; key < 20; ++key) orders.insert(shown(all, key));
  EXPECT_GT(orders.size(), 3U);
  const std::string few = shown(two);
  EXPECT_EQ(std::count(few.begin(), few.end(), '('), 2);
}

TEST_F(RewardInputTest, LongestIsWhatTheWorstOrderTakes) {
  write_file(facts_, R"({"a.png": ["no dog", "a red cup beside two green balls", "ox", "a cup"]})");
  RewardInput input = make(true, 2);
  input.read_facts(facts_, {kRequest});
  const std::vector<text::Turn> turns = {{true, "<image>\nwhat?"}};
  int64_t most = 0;
  for (uint64_t key = 0; key < 60; ++key) {
    most = std::max<int64_t>(most, std::ssize(input.encode(assistant_, turns, "a cup", kRequest,
                                                           random_key(key, "reward_input_test"))));
  }
  EXPECT_EQ(input.longest(assistant_, turns, "a cup", kRequest), most);
  EXPECT_GT(most, make(false).longest(assistant_, turns, "a cup", kRequest));
}

TEST_F(RewardInputTest, LongestHoldsWithABudgetOfTokens) {
  write_file(facts_, R"({"a.png": ["no dog", "a red cup beside two green balls", "ox", "a cup"]})");
  const std::vector<text::Turn> turns = {{true, "<image>\nwhat?"}};
  for (const int64_t budget : {34, 40, 52}) {
    RewardInput input({.before_question = "{facts}",
                       .judge = "is it right?",
                       .opening = "it is",
                       .facts_header = "facts:",
                       .fact = " ({fact})"},
                      {.has_facts = true, .max_facts = 3, .max_fact_tokens = budget});
    input.read_facts(facts_, {kRequest});
    const int64_t longest = input.longest(assistant_, turns, "a cup", kRequest);
    for (uint64_t key = 0; key < 60; ++key) {
      EXPECT_LE(std::ssize(input.encode(assistant_, turns, "a cup", kRequest,
                                        random_key(key, "reward_input_test"))),
                longest);
    }
  }
}

TEST_F(RewardInputTest, IsReadBackFromBesideTheAdapter) {
  make(true, 2).save(tiny_.path());
  RewardInput again = RewardInput::load(tiny_.path());
  ASSERT_TRUE(again.has_facts());
  again.read_facts(facts_, {kRequest});
  RewardInput before = make(true, 2);
  before.read_facts(facts_, {kRequest});
  EXPECT_EQ(shown(again), shown(before));
}

TEST_F(RewardInputTest, WhatIsMissingIsNamed) {
  EXPECT_THROW(RewardInput::load(tiny_.path()), CheckpointError);
  write_file(tiny_.path() / "reward_prompt.json", R"({"facts": true, "max_facts": 2})");
  EXPECT_THROW(RewardInput::load(tiny_.path()), DataError);
  make(true, 2).save(tiny_.path());
  const std::string sound = read_file(tiny_.path() / "reward_prompt.json");
  for (const char* wrong : {"-1", "1e30", "true"}) {
    const std::string mark = "\"max_facts\": 2";
    write_file(tiny_.path() / "reward_prompt.json",
               std::string(sound).replace(sound.find(mark), mark.size(),
                                          std::string("\"max_facts\": ") + wrong));
    EXPECT_THROW(RewardInput::load(tiny_.path()), DataError) << wrong;
  }
  EXPECT_THROW(make(true).read_facts("", {kRequest}), ConfigError);
  EXPECT_THROW(make(true).read_facts(facts_, {{.images = {"b.png"}}}), DataError);
}

TEST_F(RewardInputTest, AnExamplesOwnFactsNeedNoFile) {
  RewardInput input = make(true);
  const FactRequest own{.images = {"b.png"}, .own = {"an ox"}};
  input.read_facts("", {own, FactRequest{}});
  EXPECT_EQ(input.facts_of(own), (std::vector<std::string>{"an ox"}));
  EXPECT_TRUE(input.facts_of({}).empty()) << "text alone";
}

TEST_F(RewardInputTest, ImagesWithoutFactsMayBeAllowed) {
  RewardInput input = make(true);
  const FactRequest other{.images = {"b.png"}};
  input.read_facts(facts_, {kRequest, other}, config::MissingFacts::Allow);
  EXPECT_TRUE(input.facts_of(other).empty());
  EXPECT_EQ(input.facts_of(kRequest).size(), 3U);
}

TEST_F(RewardInputTest, WholeFactsAreShownUntilTheBudgetIsFull) {
  RewardInput all = make(true);
  all.read_facts(facts_, {kRequest});
  const auto tokens = [&](const std::string& fact) {
    return std::ssize(assistant_.tokenizer.encode(" (" + fact + ")"));
  };
  const int64_t longest = std::max({tokens("a red cup"), tokens("two balls"), tokens("no dog")});
  const RewardInput unread = make(true);
  for (const int64_t budget : {longest, longest + 2, longest * 2}) {
    RewardInput input({.before_question = "{facts}",
                       .judge = "is it right?",
                       .opening = "it is",
                       .facts_header = "facts:",
                       .fact = " ({fact})"},
                      {.has_facts = true, .max_facts = 5, .max_fact_tokens = budget});
    input.read_facts(facts_, {kRequest});
    EXPECT_NO_THROW(input.check_budget(assistant_.tokenizer, {kRequest}));
    for (uint64_t i = 0; i < 20; ++i) {
      const auto key = random_key(i, "budget");
      const auto shown = input.shown_facts(assistant_.tokenizer, kRequest, key);
      const auto unlimited = all.shown_facts(assistant_.tokenizer, kRequest, key);
      int64_t sum = 0;
      for (const auto& fact : shown) sum += tokens(fact);
      EXPECT_LE(sum, budget);
      ASSERT_FALSE(shown.empty());
      EXPECT_EQ(shown,
                std::vector<std::string>(unlimited.begin(), unlimited.begin() + std::ssize(shown)));
      const bool is_full =
          shown.size() == unlimited.size() || sum + tokens(unlimited[shown.size()]) > budget;
      EXPECT_TRUE(is_full);
    }
  }
}

TEST_F(RewardInputTest, AFactLongerThanTheBudgetIsRefused) {
  RewardInput input({.before_question = "{facts}",
                     .judge = "j",
                     .opening = "o",
                     .facts_header = "",
                     .fact = "{fact}"},
                    {.has_facts = true, .max_facts = 5, .max_fact_tokens = 3});
  input.read_facts(facts_, {kRequest});
  EXPECT_THROW(input.check_budget(assistant_.tokenizer, {kRequest}), DataError);
}

TEST_F(RewardInputTest, ATemplateWithoutThePlaceForFactsIsRefused) {
  const text::RewardTemplate no_slot{
      .before_question = "", .judge = "j", .opening = "o", .facts_header = "", .fact = ""};
  try {
    RewardInput(no_slot, {.has_facts = true});
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(std::string(e.what()), HasSubstr("{facts}"));
  }
  EXPECT_NO_THROW(RewardInput(no_slot, {.has_facts = false}));
}

TEST(FactRequests, MultipleChoiceAsksForItsOwn) {
  data::Prompt prompt;
  prompt.image = "a.png";
  EXPECT_EQ(fact_request(prompt).kind, data::FactKind::Captions);
  prompt.caption_type = data::CaptionType::C;
  EXPECT_EQ(fact_request(prompt).kind, data::FactKind::Aokvqa);
  prompt.caption_type = data::CaptionType::No;
  EXPECT_EQ(fact_request(prompt).kind, data::FactKind::Captions);
  prompt.image = "";
  EXPECT_TRUE(fact_request(prompt).images.empty());
}

// The policy is asked with the turns alone: nothing of the facts is in its tokens.
}  // namespace
}  // namespace plumbline::engine
