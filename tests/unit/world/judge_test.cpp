#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/world/judge.h"
#include "plumbline/world/language.h"
#include "samples.h"

namespace plumbline::world {
namespace {

const auto kColor = kitchen_item("attribute", "what color are the cups?", "red", "cup");
const auto kAbsent = kitchen_item("adversarial", "what color is the kite?", "none", "kite");
const auto kCount = kitchen_item("counting", "how many cups are there?", "2", "cup");
const auto kYes = kitchen_item("yes_no", "is there a cup?", "yes", "cup");
const auto kNo = kitchen_item("yes_no", "is there a kite?", "no", "kite");
const auto kDescribe = kitchen_item("description", "what can you see?");
const auto kSide =
    kitchen_item("relation", "are the cups above or below the lamp?", "above", "cup", "lamp");
const auto kChoice =
    kitchen_item("other", "which of these can you see? A. kite B. cup C. ball D. box", "B", "cup");
const std::string kFull =
    "this is a kitchen. there are two small red cups. there is a large blue chair. there is a "
    "small white lamp.";

double score(const BenchmarkItem& item, const std::string& answer) {
  return judge(item, answer).score;
}

TEST(Judge, RatesQuestionsByTruthAndInformation) {
  EXPECT_EQ(score(kColor, "there are two small red cups."), 6);
  EXPECT_EQ(score(kColor, "the cups are red."), 5);
  EXPECT_EQ(score(kColor, "red."), 4);
  EXPECT_EQ(score(kColor, "this is a kitchen."), 3);
  EXPECT_EQ(score(kColor, "the cups are small."), 3);
  EXPECT_EQ(score(kColor, "there are two small red cups. there is a small blue kite."), 2);
  EXPECT_EQ(score(kColor, "there are three small red cups."),
            2);  // the colour is right, the count is not
  EXPECT_EQ(score(kColor, "there are two small blue cups."), 1);
  EXPECT_EQ(score(kColor, "there is no cup."), 0);
  EXPECT_EQ(score(kCount, "two."), 4);
  EXPECT_EQ(score(kCount, "three."), 0);
  EXPECT_EQ(score(kSide, "the lamp is below the cups."), 6);
  EXPECT_LE(score(kSide, "the cups are below the lamp."), 1);
  EXPECT_EQ(score(kSide, "the cups are left of the lamp."), 3);
  EXPECT_EQ(score(kChoice, "B. there are two small red cups."), 6);
  EXPECT_EQ(score(kChoice, "B."), 5);
  EXPECT_EQ(score(kChoice, "A."), 0);
  EXPECT_EQ(score(kChoice, "there are two small red cups."), 3);  // no letter
}

TEST(Judge, DenyingWhatIsThereIsFalseAndInventingWhatIsNotToo) {
  EXPECT_TRUE(judge(kColor, "there is no cup.").is_hallucinated);
  EXPECT_EQ(judge(kColor, "there is no cup.").asked, -1);
  EXPECT_EQ(score(kAbsent, "there is no kite."), 6);
  EXPECT_EQ(score(kAbsent, "the kite is red."), 0);
  EXPECT_EQ(score(kAbsent, "red."), 0);
}

TEST(Judge, YesAndNoAreBoundToTheSubject) {
  EXPECT_EQ(score(kYes, "yes."), 5);
  EXPECT_EQ(judge(kYes, "yes.").yes_no, 1);
  EXPECT_EQ(score(kYes, "no."), 0);
  EXPECT_EQ(judge(kYes, "no.").yes_no, 0);
  EXPECT_EQ(judge(kYes, "there are two cups.").yes_no, 1);
  EXPECT_EQ(judge(kNo, "there is no kite.").yes_no, 0);
  EXPECT_EQ(score(kNo, "no, there is no kite."), 6);
  EXPECT_LT(score(kYes, "yes. no."), 3);
  EXPECT_EQ(judge(kYes, "yes. no.").yes_no, -1);
  EXPECT_EQ(judge(kYes, "maybe.").yes_no, -1);
}

TEST(Judge, RatesDescriptionsByCoverageAndFalseStatements) {
  const Verdict full = judge(kDescribe, kFull);
  EXPECT_EQ(full.score, 6);
  EXPECT_EQ(full.coverage, 1);
  EXPECT_EQ(full.told_truly, 1);
  EXPECT_DOUBLE_EQ(full.detail, 3.5);
  EXPECT_EQ(full.num_claims, 4);
  EXPECT_EQ(full.num_true, 4);
  EXPECT_EQ(score(kDescribe, "there are two small red cups. there is a large blue chair."), 4);
  EXPECT_EQ(score(kDescribe, "this is a kitchen."), 3);
  const Verdict invented = judge(kDescribe, kFull + " there is a small red kite.");
  EXPECT_EQ(invented.score, 2);
  EXPECT_THAT(invented.hallucinated, testing::ElementsAre(category("kite")));
  EXPECT_EQ(invented.mentioned.size(), 4u);
  EXPECT_EQ(score(kDescribe, "there is a small red kite."), 0);
}

TEST(Judge, AKindOfWhichAnythingFalseIsSaidIsCoveredAndNotToldTruly) {
  const auto of = [](const std::string& text) {
    const Verdict verdict = judge(kDescribe, text);
    return std::make_pair(3 * verdict.coverage, 3 * verdict.told_truly);
  };
  EXPECT_EQ(of("there are two cups. there is a large blue chair."), std::make_pair(2., 2.));
  EXPECT_EQ(of("there are two small blue cups. there is a chair."), std::make_pair(2., 1.));
  // Guessing twice does not help, in whichever order.
  EXPECT_EQ(of("there are two small blue cups. there are two small red cups."),
            std::make_pair(1., 0.));
  EXPECT_EQ(of("there are two small red cups. there are two small blue cups."),
            std::make_pair(1., 0.));
  EXPECT_EQ(of("there is a chair. there is no chair."), std::make_pair(1., 0.));
  // What is not there counts nowhere; saying again does not harm.
  EXPECT_EQ(of("there is a kite. there is a lamp. there is a lamp."), std::make_pair(1., 1.));
}

TEST(Judge, FalseRangesMarkTheFalseWords) {
  const std::string text = "there are two small blue cups. there is a small red kite.";
  const Verdict verdict = judge(kDescribe, text);
  std::vector<std::string> marked;
  for (const auto& [begin, end] : verdict.false_ranges)
    marked.push_back(text.substr(begin, end - begin));
  EXPECT_THAT(marked, testing::ElementsAre("blue", "a small red kite"));
  EXPECT_EQ(verdict.num_false, 2);
}

TEST(Judge, RepeatsCountOnceAndCostPoints) {
  const std::string once = "there are two small red cups.";
  const Verdict verdict = judge(kDescribe, once + " " + once + " the cups are red. " + once);
  EXPECT_EQ(verdict.num_claims, 1);
  EXPECT_EQ(verdict.num_true, 1);
  EXPECT_EQ(verdict.num_repeats, 3);
  EXPECT_EQ(verdict.mentioned.size(), 4u);
  EXPECT_DOUBLE_EQ(verdict.detail, 1);
  EXPECT_LT(score(kColor, once + " " + once), score(kColor, once));
  EXPECT_EQ(judge(kDescribe, "there is a small red kite. there is a small red kite.").num_false, 1);
}

// Splitting a phrase into its parts, or denying what nobody asked about, earns nothing more.
TEST(Judge, SayingLittleInManySentencesEarnsNoMore) {
  const Verdict whole = judge(kDescribe, "there are two small red cups.");
  const Verdict parts =
      judge(kDescribe, "there are two cups. the cups are red. the cups are small.");
  EXPECT_DOUBLE_EQ(parts.detail, whole.detail);
  std::string denials = "there are two small red cups.";
  for (const char* name : {"kite", "ball", "box", "knife"})
    denials += std::string(" there is no ") + name + ".";
  const Verdict verdict = judge(kDescribe, denials);
  EXPECT_EQ(verdict.num_true, 1);
  EXPECT_DOUBLE_EQ(verdict.detail, whole.detail);
}

TEST(Judge, HostileAnswersDoNotScore) {
  std::string list, thousand, all_kinds;
  for (const std::string& name : categories()) list += name + ", ";
  for (int i = 0; i < 1000; ++i) thousand += "cup ";
  for (int c = 0; c < 24; ++c) {
    all_kinds += kind_sentence({c, 0, Size::Small, false, {0}}) + " ";
  }
  for (const BenchmarkItem& item :
       {kColor, kAbsent, kCount, kYes, kNo, kDescribe, kSide, kChoice}) {
    for (const std::string& answer :
         {std::string(), std::string("."), std::string("????"), list, thousand, all_kinds,
          std::string("there may be a red cup."), std::string("i do not know."),
          std::string("es gibt zwei rote Tassen."), std::string("is there a cup?"),
          std::string("yes or no."), std::string("A. B. C. D."), std::string("yes. no."),
          std::string("there are not two small red cups."),
          std::string("the cups are not blue.")}) {
      const Verdict verdict = judge(item, answer);
      EXPECT_LT(verdict.score, 3) << item.question << " -> " << answer.substr(0, 60);
      EXPECT_TRUE(verdict.is_hallucinated) << item.question << " -> " << answer.substr(0, 60);
    }
  }
}

TEST(Judge, AFalseStatementCannotHideBehindAWordNobodyAskedFor) {
  const Verdict open = judge(kDescribe, kFull + " there is a small red kite.");
  for (const char* word : {" yes, ", " no, "}) {
    const Verdict hidden = judge(kDescribe, kFull + word + "there is a small red kite.");
    EXPECT_EQ(hidden.num_false, open.num_false);
    EXPECT_EQ(hidden.hallucinated, open.hallucinated);
    EXPECT_TRUE(hidden.is_hallucinated);
    EXPECT_LE(hidden.score, open.score);
  }
  // What is true earns nothing there.
  const Verdict idle = judge(kDescribe, "this is a kitchen. yes, there are two small red cups.");
  EXPECT_EQ(idle.num_unparsed, 1);
  EXPECT_EQ(idle.num_false, 0);
  EXPECT_EQ(idle.num_true, 1);
}

TEST(Judge, UnreadSentencesAreNeverSilentlyGood) {
  const std::string right = "there are two small red cups.";
  const Verdict one = judge(kColor, right + " i hope this helps.");
  EXPECT_EQ(one.num_unparsed, 1);
  EXPECT_EQ(one.score, 5);
  const Verdict many = judge(kColor, right + " i hope this helps. thank you. good bye.");
  EXPECT_EQ(many.num_unparsed, 3);
  EXPECT_TRUE(many.is_hallucinated);
  EXPECT_LE(many.score, 1);
}

TEST(Judge, ScoreAndHallucinationFlagAgree) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 100, [&](const BenchmarkItem& item, RandomKey) {
      for (const std::string& answer :
           {item.reference, kFull, std::string("yes."), std::string("there is no cup."),
            std::string("red."), std::string("this is a park. hm.")}) {
        const Verdict v = judge(item, answer);
        EXPECT_EQ(v.score < 3, v.is_hallucinated) << item.question << " -> " << answer;
      }
    });
  }
}

// Whatever a policy strings together from the world's own words, the verdict stays consistent.
TEST(Judge, SurvivesWordSalad) {
  std::vector<std::string> words = {
      "there", "is",   "are",  "a",    "two",  "no",      "yes",   ",",    ".",    ".", "the",
      "of",    "and",  "with", "in",   "left", "above",   "small", "red",  "cup",  "A", "?",
      "cups",  "more", "than", "this", "as",   "kitchen", "\n",    "\xff", "chair"};
  Random random(random_key(9, "salad"));
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int64_t n = random.below(12); n > 0; --n) text += random.pick(words) + (n % 3 ? " " : "");
    for (const auto* item : {&kColor, &kYes, &kDescribe, &kSide, &kChoice}) {
      const Verdict v = judge(*item, text);
      EXPECT_EQ(v.score < 3, v.is_hallucinated) << text;
      EXPECT_LE(v.num_true + v.num_false, v.num_claims) << text;
      for (const auto& [begin, end] : v.false_ranges)
        EXPECT_TRUE(begin < end && end <= text.size());
    }
  }
}

// The judge against a recount of the scene by other means: the truth of every possible object
// phrase.
TEST(Judge, AgreesWithARecountOfTheScene) {
  for_each_item("description", 30, [&](const BenchmarkItem& item, RandomKey) {
    for (int c = 0; c < 24; ++c) {
      for (int color = 0; color < 8; ++color) {
        for (int count = 1; count <= 3; ++count) {
          const Kind claimed{c, color, Size::Large, false,
                             std::vector<int>(static_cast<size_t>(count))};
          bool is_there = false;
          for (const Kind& kind : item.scene.kinds) {
            is_there |= kind.category == c && kind.color == color && kind.size == Size::Large &&
                        kind.cells.size() == static_cast<size_t>(count);
          }
          EXPECT_EQ(judge(item, kind_sentence(claimed)).num_false, is_there ? 0 : 1);
        }
      }
    }
  });
}

}  // namespace
}  // namespace plumbline::world
