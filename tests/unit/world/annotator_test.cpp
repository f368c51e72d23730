#include "plumbline/world/annotator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/world/answers.h"
#include "plumbline/world/reading.h"
#include "samples.h"

namespace plumbline::world {
namespace {

const RandomKey kKey = random_key(1, "annotator_test");
const auto kColor = kitchen_item("attribute", "what color are the cups?", "red", "cup");
const auto kDescribe = kitchen_item("description", "what can you see?");

double worth(const BenchmarkItem& item, const std::string& answer) {
  return utility(judge(item, answer));
}

TEST(Annotator, OrdersAnswersByTruthThenInformation) {
  const double full = worth(kColor, "there are two small red cups."),
               focused = worth(kColor, "the cups are red.");
  const double aside = worth(kColor, "this is a kitchen."), none = worth(kColor, "");
  const double wrong = worth(kColor, "the cups are blue."),
               denial = worth(kColor, "there is no cup.");
  EXPECT_GT(full, focused);
  EXPECT_GT(focused, aside);
  EXPECT_GT(aside, none);
  EXPECT_GT(none, wrong);
  EXPECT_GT(none, denial);
}

TEST(Annotator, TrueSentencesPayAndFalseOnesRepeatsAndBabbleCost) {
  const std::string base = "this is a kitchen. there are two small red cups.";
  const double worth_of_base = worth(kDescribe, base);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " there is a large blue chair.") - worth_of_base, 1);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " there is a large blue kite.") - worth_of_base, -1);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " there is a large red chair.") - worth_of_base, -1);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " this is a kitchen.") - worth_of_base, -0.5);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " hm.") - worth_of_base, -0.5);
  EXPECT_DOUBLE_EQ(worth(kDescribe, base + " there is no kite.") - worth_of_base, 0);
}

TEST(Annotator, VotesAreSymmetricWithoutNoise) {
  const std::string good = "there are two small red cups.", bad = "there is no cup.";
  const Annotator exact{.name = "ann"};
  const data::Vote first = vote(exact, kColor, good, bad, kKey),
                   second = vote(exact, kColor, bad, good, kKey);
  EXPECT_EQ(first.annotator, "ann");
  EXPECT_EQ(first.choice, data::Choice::First);
  EXPECT_EQ(second.choice, data::Choice::Second);
  EXPECT_EQ(first.hallucination_1, false);
  EXPECT_EQ(first.hallucination_2, true);
  EXPECT_EQ(better_of(kColor, good, bad), data::Choice::First);
  EXPECT_EQ(better_of(kColor, bad, good), data::Choice::Second);
  EXPECT_EQ(better_of(kColor, good, good), data::Choice::Tie);
}

// How often annotators of some noise prefer the better answer, and agree with each other.
struct Agreement {
  double right = 0, pairwise = 0, ties = 0;
};

Agreement agreement(const std::string& better, const std::string& worse, double noise,
                    double tie_within = 0) {
  const Annotator ann{.name = "a", .noise = noise, .tie_within = tie_within},
      ben{.name = "b", .noise = noise, .tie_within = tie_within};
  Agreement result;
  constexpr int kPairs = 2000;
  for (uint64_t i = 0; i < kPairs; ++i) {
    const auto of_ann = vote(ann, kColor, better, worse, kKey.at(i).at("a")).choice,
               of_ben = vote(ben, kColor, better, worse, kKey.at(i).at("b")).choice;
    result.right += of_ann == data::Choice::First ? 1.0 / kPairs : 0;
    result.pairwise += of_ann == of_ben ? 1.0 / kPairs : 0;
    result.ties += of_ann == data::Choice::Tie ? 1.0 / kPairs : 0;
  }
  return result;
}

TEST(Annotator, NoiseDecidesHowFarTheyAgree) {
  const std::string full = "there are two small red cups.", focused = "the cups are red.";
  const double lead = worth(kColor, full) - worth(kColor, focused);
  ASSERT_GT(lead, 0);
  for (const double noise : {0.1, 0.5, 2.0}) {
    const Agreement found = agreement(full, focused, noise);
    const double right = 0.5 * std::erfc(-lead / noise / std::sqrt(2.0));
    EXPECT_NEAR(found.right, right, 0.04) << noise;
    EXPECT_NEAR(found.pairwise, right * right + (1 - right) * (1 - right), 0.04) << noise;
    EXPECT_EQ(found.ties, 0);
  }
  EXPECT_NEAR(agreement(full, full, 0).right, 0.5, 0.04) << "a coin toss";
}

TEST(Annotator, SmallDifferencesMayBeCalledATie) {
  const std::string full = "there are two small red cups.", focused = "the cups are red.";
  const double lead = worth(kColor, full) - worth(kColor, focused);
  EXPECT_NEAR(agreement(full, focused, 0, lead + 0.01).ties, 1, 1e-9);
  EXPECT_EQ(agreement(full, focused, 0, lead - 0.01).ties, 0);
}

TEST(Annotator, HonestyIsWhatAFalseStatementCosts) {
  // Told all, with a false statement, against saying little.
  const std::string bold = "there are two small red cups. there is a large blue kite.",
                    shy = "the cups are red.";
  const Verdict of_bold = judge(kColor, bold);
  EXPECT_DOUBLE_EQ(utility(of_bold, 0) - utility(of_bold, 2), 2.0 * of_bold.num_false);
  const Annotator strict{.name = "", .honesty = 3}, lenient{.name = "", .honesty = 0};
  EXPECT_EQ(vote(strict, kColor, bold, shy, kKey).choice, data::Choice::Second);
  EXPECT_EQ(vote(lenient, kColor, bold, shy, kKey).choice, data::Choice::First);
}

TEST(Annotator, TraitsAreDrawnForEachByItself) {
  const AnnotatorOptions spread{
      .count = 400, .noise = 0.5, .noise_spread = 0.3, .honesty = 1, .honesty_spread = 0.5};
  const auto many = make_annotators(spread, kKey);
  AnnotatorOptions few = spread;
  few.count = 3;
  EXPECT_EQ(make_annotators(few, kKey)[2].noise, many[2].noise);
  EXPECT_EQ(many[2].name, "annotator-3");
  double log_noise = 0, honesty = 0;
  for (const auto& one : many) {
    log_noise += std::log(one.noise / 0.5) / 400;
    honesty += one.honesty / 400;
    EXPECT_GE(one.honesty, 0);
  }
  EXPECT_NEAR(log_noise, 0, 0.05);
  EXPECT_NEAR(honesty, 1, 0.1);
  const auto same = make_annotators({.count = 2, .noise = 0.5}, kKey);
  EXPECT_EQ(same[0].noise, 0.5);
  EXPECT_EQ(same[1].honesty, 1);
}

TEST(Annotator, EditsGoTheWayTheySay) {
  int longer_is_better = 0, num_edits = 0, num_repeats = 0;
  for (const std::string& type : question_types()) {
    for_each_item(type, 300, [&](const BenchmarkItem& item, RandomKey key) {
      const std::string answer = plausible_answer(item, key.at("answer"));
      for (const bool make_better : {true, false}) {
        const std::string changed =
            edited(item, answer, key.at(make_better ? "better" : "worse"), make_better);
        if (changed == answer) continue;
        const double gain = worth(item, changed) - worth(item, answer);
        EXPECT_GT(make_better ? gain : -gain, 0) << item.question << "\n"
                                                 << answer << "\n"
                                                 << changed;
        const bool is_repeat = judge(item, changed).num_repeats > judge(item, answer).num_repeats;
        num_repeats += is_repeat ? 1 : 0;
        if (item.type != "description" || is_repeat) continue;
        ++num_edits;
        longer_is_better += (changed.size() > answer.size()) == make_better;
      }
    });
  }
  EXPECT_GT(num_edits, 300);
  EXPECT_GT(num_repeats, 40);
  EXPECT_NEAR(static_cast<double>(longer_is_better) / num_edits, 0.5, 0.12);
}

// What is there is denied often enough for a reward model to see that a denial may be false.
TEST(Annotator, ADenialIsAnEditForTheWorse) {
  int denials = 0, edits = 0;
  for (const char* type : {"attribute", "counting", "comparison"}) {
    for_each_item(type, 200, [&](const BenchmarkItem& item, RandomKey key) {
      const std::string answer = world::answer(item, item.scene, AnswerStyle::Full);
      const std::string changed = edited(item, answer, key.at("worse"), false);
      edits += changed != answer ? 1 : 0;
      denials += changed.starts_with("there is no") ? 1 : 0;
    });
  }
  EXPECT_GT(denials, edits / 4);
  EXPECT_LT(denials, edits / 2);
}

}  // namespace
}  // namespace plumbline::world
