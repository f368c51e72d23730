#include "plumbline/world/pairing.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plumbline/world/annotator.h"
#include "samples.h"

namespace plumbline::world {
namespace {

const auto kColor = kitchen_item("attribute", "what color are the cups?", "red", "cup");
const std::string kFull = "there are two small red cups.", kFocused = "the cups are red.",
                  kWrong = "the cups are blue.";

TEST(Pairing, TakesTheBestAndTheWorstInTheOrderGiven) {
  // "full" is the longest and the best, "wrong" longer than "focused" and the worst.
  const auto pair = farthest_apart(kColor, {kFocused, kWrong, kFull}, BetterOne::Longer);
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->first, kWrong);
  EXPECT_EQ(pair->second, kFull);
  const auto turned = farthest_apart(kColor, {kFull, kWrong, kFocused, kFull}, BetterOne::Longer);
  EXPECT_EQ(turned->first, kFull);
  EXPECT_EQ(turned->second, kWrong);
}

TEST(Pairing, TheBetterAnswerIsTheLongerOrTheShorterOneAsAsked) {
  const auto shorter = farthest_apart(kColor, {kFocused, kWrong, kFull}, BetterOne::Shorter);
  EXPECT_EQ(shorter->first, kFocused);
  EXPECT_EQ(shorter->second, kWrong) << "though it lies less far from the best";
  EXPECT_FALSE(farthest_apart(kColor, {kWrong, kFull}, BetterOne::Shorter));
  EXPECT_EQ(farthest_apart(kColor, {kWrong, kFull}, BetterOne::Any)->second, kFull);
}

TEST(Pairing, AnswersOfOneWorthAreNoPair) {
  EXPECT_FALSE(farthest_apart(kColor, {kFull, kFull}, BetterOne::Longer));
  EXPECT_FALSE(farthest_apart(kColor, {kFull}, BetterOne::Longer));
  EXPECT_FALSE(farthest_apart(kColor, {}, BetterOne::Shorter));
}

TEST(Pairing, BlankAnswersAreNotCompared) {
  EXPECT_FALSE(farthest_apart(kColor, {kFull, "", " \n"}, BetterOne::Longer));
  EXPECT_FALSE(with_edit(kColor, {"", " \n"}, BetterOne::Any, RandomKey{}));
}

TEST(Pairing, AnEditDiffersFromItsAnswerInWorthAndStandsOnEitherSide) {
  int first = 0, pairs = 0;
  for (uint64_t i = 0; i < 200; ++i) {
    const auto pair =
        with_edit(kColor, {kWrong}, BetterOne::Any, random_key(1, "pairing_test").at(i));
    if (!pair) continue;
    ++pairs;
    first += pair->first == kWrong;
    EXPECT_EQ((pair->first == kWrong) + (pair->second == kWrong), 1);
    EXPECT_NE(utility(judge(kColor, pair->first)), utility(judge(kColor, pair->second)));
  }
  EXPECT_GT(pairs, 80);
  EXPECT_NEAR(first, pairs / 2.0, pairs * 0.15);
}

TEST(Pairing, EditsMayBeAskedForByTheLengthOfTheBetterOne) {
  for (const BetterOne wanted : {BetterOne::Longer, BetterOne::Shorter}) {
    int pairs = 0;
    for (uint64_t i = 0; i < 100; ++i) {
      const auto pair =
          with_edit(kColor, {kFull, kFocused, kWrong}, wanted, random_key(2, "pairing_test").at(i));
      if (!pair) continue;
      ++pairs;
      const bool is_first_better =
          utility(judge(kColor, pair->first)) > utility(judge(kColor, pair->second));
      const bool is_first_longer = pair->first.size() > pair->second.size();
      EXPECT_EQ(is_first_better == is_first_longer, wanted == BetterOne::Longer);
    }
    EXPECT_GT(pairs, 25);
  }
}

TEST(Pairing, NoAnswerIsPairedTwiceAndEditsFillTheRest) {
  const std::vector<std::string> answers = {kFull, kFocused, kWrong, "there is no cup."};
  const auto key = random_key(3, "pairing_test");
  for (uint64_t i = 0; i < 50; ++i) {
    std::vector<std::string> paired;
    for (const auto& drawn : draw_pairs(kColor, answers, {.pairs = 4}, key.at(i))) {
      EXPECT_FALSE(drawn.is_edited);
      paired.push_back(drawn.answers.first);
      paired.push_back(drawn.answers.second);
    }
    std::sort(paired.begin(), paired.end());
    EXPECT_EQ(std::adjacent_find(paired.begin(), paired.end()), paired.end());
    EXPECT_LE(paired.size(), 4U);
    EXPECT_GE(paired.size(), 2U);
  }
  int64_t edited = 0, pairs = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    for (const auto& drawn :
         draw_pairs(kColor, answers, {.pairs = 4, .edited_share = 0.3}, key.at(i))) {
      edited += drawn.is_edited ? 1 : 0;
      ++pairs;
    }
  }
  EXPECT_GT(pairs, 150);
  EXPECT_GT(edited, pairs / 2) << "four answers make two pairs at most";
}

}  // namespace
}  // namespace plumbline::world
