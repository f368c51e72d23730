#include "plumbline/world/answer_edits.h"

#include <gmock/gmock.h>

#include "plumbline/world/language.h"
#include "samples.h"

namespace plumbline::world {
namespace {

using testing::ElementsAre;

const RandomKey kKey = random_key(1, "answer_edits_test");
const auto kDescribe = kitchen_item("description", "what can you see?");
const std::string kAnswer =
    "this is a kitchen. there are two small red cups. there is a large red chair. hm.";

TEST(AnswerEdits, PartsAreJudgedByThemselves) {
  const auto parts = parts_of(kDescribe, kAnswer);
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(join(parts), kAnswer);
  EXPECT_TRUE(parts[0].is_good && parts[1].is_good);
  EXPECT_FALSE(parts[2].is_good || parts[3].is_good);
  EXPECT_TRUE(parts[2].is_all_false);   // the chair is blue
  EXPECT_FALSE(parts[3].is_all_false);  // babble claims nothing
  EXPECT_THAT(parts[1].named, ElementsAre(category("cup")));
  EXPECT_TRUE(names(parts, category("chair")));
  EXPECT_FALSE(names(parts, category("lamp")));
}

TEST(AnswerEdits, ASentenceHalfTrueIsNotAllFalse) {
  const auto parts = parts_of(kDescribe, "two small red cups and a large red kite.");
  EXPECT_FALSE(parts.at(0).is_good);
  EXPECT_FALSE(parts.at(0).is_all_false);
}

TEST(AnswerEdits, FindsWhatIsUnnamedAndWhatIsAbsent) {
  const auto parts = parts_of(kDescribe, kAnswer);
  for (uint64_t i = 0; i < 200; ++i) {
    Random random(kKey.at(i));
    EXPECT_EQ(unnamed_kind(kDescribe, parts, random)->category, category("lamp"));
    const auto absent = absent_kind(kDescribe, parts, random);
    ASSERT_TRUE(absent);
    EXPECT_EQ(find_kind(kDescribe.scene, absent->category), nullptr);
    EXPECT_FALSE(names(parts, absent->category));
  }
  Random random(kKey);
  EXPECT_FALSE(unnamed_kind(kDescribe, parts_of(kDescribe, describe(kDescribe.scene)), random));
}

TEST(AnswerEdits, AddsAtAnyPlace) {
  size_t first = 0, last = 0;
  for (uint64_t i = 0; i < 200; ++i) {
    Random random(kKey.at(i));
    auto parts = parts_of(kDescribe, kAnswer);
    ASSERT_TRUE(add_true(kDescribe, parts, random));
    ASSERT_EQ(parts.size(), 5U);
    first += parts.front().text == "there is a small white lamp.";
    last += parts.back().text == "there is a small white lamp.";
  }
  EXPECT_NEAR(static_cast<double>(first), 40, 20);
  EXPECT_NEAR(static_cast<double>(last), 40, 20);
}

TEST(AnswerEdits, DropsWhatIsGoodOrNotButNeverTheLastSentence) {
  Random random(kKey);
  auto parts = parts_of(kDescribe, kAnswer);
  EXPECT_TRUE(drop(parts, false, random));
  EXPECT_TRUE(drop(parts, false, random));
  EXPECT_FALSE(drop(parts, false, random));
  EXPECT_EQ(join(parts), "this is a kitchen. there are two small red cups.");
  EXPECT_TRUE(drop(parts, true, random));
  EXPECT_FALSE(drop(parts, true, random));
  EXPECT_EQ(parts.size(), 1U);
}

}  // namespace
}  // namespace plumbline::world
