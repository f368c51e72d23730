#include "plumbline/data/pair_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "plumbline/base/error.h"

namespace plumbline::data {
namespace {

using config::PairBy;

SampledAnswers sample(const std::string& id, std::vector<std::string> answers) {
  Prompt prompt;
  prompt.id = id;
  prompt.image = id + ".png";
  prompt.turns = {{.text = "<image>\nwhat?"}};
  return {prompt, std::move(answers)};
}

PairOptions options(PairBy by, int64_t pairs_per_prompt = 1) {
  return {.by = by, .pairs_per_prompt = pairs_per_prompt, .key = random_key(1, "pair_up_test")};
}

// A pair's answers without their order.
std::set<std::string> both(const Comparison& pair) { return {pair.output_1, pair.output_2}; }
using Both = std::set<std::string>;

TEST(PairUp, TakesThoseFarthestApart) {
  const std::vector<SampledAnswers> samples = {sample("a", {"aa", "a", "aaaa", "aaaaaaa"})};
  const auto by_length = pair_up(samples, {}, {}, options(PairBy::Length, 2));
  ASSERT_EQ(by_length.pairs.size(), 2U);
  EXPECT_EQ(both(by_length.pairs[0]), (Both{"a", "aaaaaaa"}));
  EXPECT_EQ(both(by_length.pairs[1]), (Both{"aa", "aaaaaaa"}));
  EXPECT_EQ(by_length.pairs[0].id, "a");
  EXPECT_EQ(by_length.pairs[0].images, std::vector<std::string>{"a.png"});
  EXPECT_FALSE(by_length.pairs[0].preference.has_value());
  const auto by_reward = pair_up(samples, {{0.5, -1, 3, 1}}, {}, options(PairBy::Reward));
  EXPECT_EQ(both(by_reward.pairs.at(0)), (Both{"a", "aaaa"}));
}

TEST(PairUp, KeepsWhatTellsTheFacts) {
  auto choice = sample("a", {"x", "y"});
  choice.prompt.caption_type = CaptionType::B;
  const auto made = pair_up({choice, sample("b", {"x", "y"})}, {}, {}, options(PairBy::Random));
  EXPECT_EQ(made.pairs.at(0).metadata["caption_type"], 3);
  EXPECT_FALSE(made.pairs.at(1).metadata.contains("caption_type"));
}

TEST(PairUp, PromptsTheOtherModelHasNotAnsweredAreFoundBefore) {
  EXPECT_NO_THROW(check_answered({sample("a", {}).prompt}, {sample("a", {"x"})}));
  EXPECT_THROW(
      check_answered({sample("a", {}).prompt, sample("b", {}).prompt}, {sample("a", {"x"})}),
      DataError);
}

TEST(PairUp, LengthIsInCharacters) {
  const auto made = pair_up({sample("a", {"éééé", "xxxxx", "x"})}, {}, {}, options(PairBy::Length));
  EXPECT_EQ(both(made.pairs.at(0)), (Both{"x", "xxxxx"}));
}

TEST(PairUp, DropsDuplicatesAndBlanksWithACount) {
  const auto made = pair_up({sample("a", {"x", "x", " ", "y", "x"}), sample("b", {"z", "z", ""})},
                            {}, {}, options(PairBy::Random, 9));
  EXPECT_EQ(made.pairs.size(), 1U);
  EXPECT_EQ(both(made.pairs[0]), (Both{"x", "y"}));
  EXPECT_EQ(made.duplicates, 3);
  EXPECT_EQ(made.blank, 2);
  EXPECT_EQ(made.unpaired, 1);
}

TEST(PairUp, RandomPairsAndSidesAreDrawnFromTheKey) {
  std::vector<SampledAnswers> samples;
  for (int i = 0; i < 200; ++i) samples.push_back(sample(std::to_string(i), {"x", "y", "z"}));
  const auto made = pair_up(samples, {}, {}, options(PairBy::Random));
  EXPECT_EQ(made.pairs, pair_up(samples, {}, {}, options(PairBy::Random)).pairs);
  std::map<Both, int> kinds;
  int with_x = 0, x_first = 0;
  for (const auto& pair : made.pairs) {
    ++kinds[both(pair)];
    with_x += both(pair).contains("x") ? 1 : 0;
    x_first += pair.output_1 == "x" ? 1 : 0;
  }
  EXPECT_EQ(kinds.size(), 3U);
  for (const auto& [kind, count] : kinds) EXPECT_NEAR(count, 67, 30);
  EXPECT_NEAR(x_first, with_x / 2.0, 25);
}

TEST(PairUp, TwoModelsMeetByTheirPrompts) {
  const std::vector<SampledAnswers> ours = {sample("a", {"x", "y"})},
                                    theirs = {sample("b", {"n"}), sample("a", {"x", "m"})};
  const auto made = pair_up(ours, {}, theirs, options(PairBy::Models, 9));
  std::set<Both> pairs;
  for (const auto& pair : made.pairs) pairs.insert(both(pair));
  EXPECT_EQ(pairs, (std::set<Both>{{"x", "m"}, {"y", "x"}, {"y", "m"}}));
  EXPECT_THROW(pair_up({sample("c", {"x"})}, {}, theirs, options(PairBy::Models)), DataError);
  EXPECT_THROW(pair_up(ours, {}, {}, options(PairBy::Reward)), InternalError);
}

}  // namespace
}  // namespace plumbline::data
