#include "plumbline/world/answers.h"

#include <gtest/gtest.h>

#include <set>

#include "plumbline/world/judge.h"
#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Answers, ReferencesScoreAtLeastFive) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 400, [&](const BenchmarkItem& item, RandomKey) {
      const Verdict full = judge(item, item.reference);
      EXPECT_EQ(full.score, 6) << item.question << " -> " << item.reference;
      EXPECT_FALSE(full.is_hallucinated);
      EXPECT_EQ(full.num_unparsed + full.num_repeats + full.num_false, 0);
      const std::string focused = answer(item, item.scene, AnswerStyle::Focused);
      EXPECT_GE(judge(item, focused).score, 5) << item.question << " -> " << focused;
    });
  }
}

// Whatever a mistaken beholder says is found out, for every type, style and kind of mistake.
TEST(Answers, MistakesAreJudgedFalse) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 400, [&](const BenchmarkItem& item, RandomKey key) {
      for (const AnswerStyle style : {AnswerStyle::Full, AnswerStyle::Focused}) {
        const Scene believed = misbelieve(item, style, {}, key.at("mistake"));
        const std::string text = answer(item, believed, style);
        const Verdict verdict = judge(item, text);
        EXPECT_TRUE(verdict.is_hallucinated) << item.question << " -> " << text;
        EXPECT_LT(verdict.score, 3) << item.question << " -> " << text;
        EXPECT_GE(verdict.num_false, 1) << text;
        EXPECT_EQ(verdict.num_unparsed, 0) << text;
        EXPECT_FALSE(verdict.false_ranges.empty());
        for (const auto& [begin, end] : verdict.false_ranges) EXPECT_LT(begin, end);
      }
    });
  }
}

TEST(Answers, WithoutDenialNothingIsOverlooked) {
  for (const char* type : {"attribute", "counting", "yes_no"}) {
    for_each_item(type, 300, [&](const BenchmarkItem& item, RandomKey key) {
      const Scene believed = misbelieve(item, AnswerStyle::Full, {.with_denial = false}, key);
      const std::string text = answer(item, believed, AnswerStyle::Full);
      EXPECT_EQ(text.find("no "), std::string::npos) << text;
    });
  }
}

TEST(Answers, MistakesNeverShowHeldOutPairs) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 500, [&](const BenchmarkItem& item, RandomKey key) {
      for (const Kind& kind : misbelieve(item, AnswerStyle::Full, {}, key).kinds) {
        EXPECT_NE(kind.color, held_out_color(kind.category)) << item.question;
      }
    });
  }
}

TEST(Answers, ImaginedKindsAreAbsentAndStandOnFreeCells) {
  Random random(random_key(1, "imagine"));
  for (int i = 0; i < 500; ++i) {
    Scene scene = kitchen();
    const Kind kind = imagine_kind(scene, -1, 0.8, random);
    EXPECT_EQ(find_kind(scene, kind.category), nullptr);
    std::set<int> cells(kind.cells.begin(), kind.cells.end());
    EXPECT_EQ(cells.size(), kind.cells.size());
    for (const int taken : {0, 4, 7, 13}) EXPECT_FALSE(cells.contains(taken));
  }
}

}  // namespace
}  // namespace plumbline::world
