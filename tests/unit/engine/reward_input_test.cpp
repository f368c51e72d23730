#include "plumbline/engine/reward_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

using testing::HasSubstr;

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
            has_facts,
            max_facts};
  }
  std::string shown(const RewardInput& input, uint64_t key = 1) const {
    const auto ids = input.encode(assistant_, {{true, "<image>\nwhat?"}}, "a cup", "a.png",
                                  random_key(key, "reward_input_test"));
    return assistant_.tokenizer.decode(ids, true);
  }

  TinyAssistant tiny_;
  Assistant assistant_;
  std::string facts_ = (tiny_.path() / "facts.json").string();
};

TEST_F(RewardInputTest, FactsAreShownOnlyByAModelTrainedWithThem) {
  RewardInput with = make(true), without = make(false);
  with.read_facts(facts_, {"a.png"});
  without.read_facts("", {"a.png"});
  EXPECT_THAT(shown(with), testing::AllOf(HasSubstr("facts:"), HasSubstr("(a red cup)"),
                                          HasSubstr("(two balls)"), HasSubstr("(no dog)")));
  EXPECT_THAT(shown(without), testing::Not(HasSubstr("facts")));
  EXPECT_THAT(shown(without), HasSubstr("a cup</s>USER: is it right? ASSISTANT: it is</s>"));
}

TEST_F(RewardInputTest, OrderOfFactsIsTheKeysAndTheirNumberIsLimited) {
  RewardInput all = make(true), two = make(true, 2);
  all.read_facts(facts_, {"a.png"});
  two.read_facts(facts_, {"a.png"});
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
  input.read_facts(facts_, {"a.png"});
  const std::vector<text::Turn> turns = {{true, "<image>\nwhat?"}};
  int64_t most = 0;
  for (uint64_t key = 0; key < 60; ++key) {
    most = std::max<int64_t>(most, std::ssize(input.encode(assistant_, turns, "a cup", "a.png",
                                                           random_key(key, "reward_input_test"))));
  }
  EXPECT_EQ(input.longest(assistant_, turns, "a cup", "a.png"), most);
  EXPECT_GT(most, make(false).longest(assistant_, turns, "a cup", "a.png"));
}

TEST_F(RewardInputTest, IsReadBackFromBesideTheAdapter) {
  make(true, 2).save(tiny_.path());
  RewardInput again = RewardInput::load(tiny_.path());
  ASSERT_TRUE(again.has_facts());
  again.read_facts(facts_, {"a.png"});
  RewardInput before = make(true, 2);
  before.read_facts(facts_, {"a.png"});
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
  EXPECT_THROW(make(true).read_facts("", {"a.png"}), ConfigError);
  EXPECT_THROW(make(true).read_facts(facts_, {"b.png"}), DataError);
}

}  // namespace
}  // namespace plumbline::engine
