#include "plumbline/benchmarks/human_answers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

// What an answer is worth beside so many of each text.
double accuracy(const std::vector<std::pair<std::string, int>>& given, const std::string& answer,
                VqaRule rule = VqaRule::VqaEval) {
  json list = json::array();
  for (const auto& [text, count] : given) {
    for (int i = 0; i < count; ++i) list.push_back({{"answer", text}});
  }
  HumanAnswers people;
  const auto numbers = people.read(list, "here");
  return people.agreement(numbers, answer, rule).accuracy;
}

TEST(HumanAnswers, PairsOfTheProtocol) {
  EXPECT_EQ(accuracy({{"red", 4}, {"blue", 6}}, "red"), 1);
  EXPECT_EQ(accuracy({{"2", 5}, {"two", 5}}, "Two"), 1);
  EXPECT_EQ(accuracy({{"yes", 10}}, "yes it is"), 0);
  EXPECT_DOUBLE_EQ(accuracy({{"a cup", 1}, {"mug", 9}}, "cup."), 0.3);
  EXPECT_DOUBLE_EQ(accuracy({{"2", 1}, {"two", 1}, {"3", 8}}, "two"), 0.6);
}

TEST(HumanAnswers, OneAnswerOfAllIsTakenAsItIs) {
  EXPECT_EQ(accuracy({{"yes", 10}}, "Yes"), 0);
  EXPECT_EQ(accuracy({{"yes", 10}}, "\tyes\n"), 1);
  EXPECT_EQ(accuracy({{"yes", 10}}, "Yes", VqaRule::M4c), 1);
  EXPECT_EQ(accuracy({{"Two", 10}}, "two"), 0);
  EXPECT_EQ(accuracy({{"Two", 10}}, "Two"), 1);
  EXPECT_EQ(accuracy({{"Two", 10}}, "2", VqaRule::M4c), 1);
  HumanAnswers people;
  const auto yes = people.read(json(std::vector<std::string>(10, "yes")), "here");
  EXPECT_TRUE(people.agreement(yes, "Yes.", VqaRule::VqaEval).is_missed);
  EXPECT_FALSE(people.agreement(yes, "yes", VqaRule::VqaEval).is_missed);
  EXPECT_FALSE(people.agreement(yes, "no", VqaRule::VqaEval).is_missed);
  EXPECT_TRUE(people.agreement(yes, "no", VqaRule::VqaEval).is_literal);
  EXPECT_FALSE(people.agreement(yes, "no", VqaRule::M4c).is_literal);
}

TEST(HumanAnswers, BlanksAroundDoNotMakeAnswersDiffer) {
  EXPECT_EQ(accuracy({{"yes", 5}, {" yes\n", 5}}, "Yes"), 0);  // still one answer of all
}

TEST(HumanAnswers, BothRulesInTurn) {
  HumanAnswers people;
  const auto given = people.read(json{"john's", "john's", "john's", "x"}, "here");
  EXPECT_EQ(people.agreement(given, "john 's", VqaRule::VqaEval).matches, 0);
  EXPECT_EQ(people.agreement(given, "john 's", VqaRule::M4c).matches, 3);
  EXPECT_EQ(people.agreement(given, "john 's", VqaRule::VqaEval).matches, 0);
}

TEST(HumanAnswers, NumbersAndTheUsualAnswer) {
  HumanAnswers people;
  const auto given = people.read(json{3, "two", {{"answer", 3}}, "one", true}, "here");
  EXPECT_EQ(people.usual(given), "3");
  EXPECT_EQ(people.agreement(given, "three", VqaRule::VqaEval).matches, 2);
  EXPECT_EQ(people.usual(people.read(json{"b", "a"}, "here")), "b");
}

TEST(HumanAnswers, RefusesWhatIsNoListOfAnswers) {
  HumanAnswers people;
  for (const auto& bad : {json("red"), json(json::array()), json{{{"text", "red"}}},
                          json(json::array({nullptr})), json(json::array({json::array()}))}) {
    EXPECT_THROW(people.read(bad, "here"), DataError) << bad;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
