#include "plumbline/world/annotator.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
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

TEST(Annotator, CompareIsSymmetricWithoutNoise) {
  const std::string good = "there are two small red cups.", bad = "there is no cup.";
  const Preference first = compare(kColor, good, bad, 0, 3, kKey),
                   second = compare(kColor, bad, good, 0, 3, kKey);
  EXPECT_EQ(first.preference, 1);
  EXPECT_EQ(second.preference, 2);
  EXPECT_TRUE(first.hallucination);
  EXPECT_EQ(first.agreement, 1);
  EXPECT_THROW(compare(kColor, good, bad, 0, 0, kKey), InternalError);
}

TEST(Annotator, NoiseMakesAnnotatorsDisagree) {
  const std::string full = "there are two small red cups.", focused = "the cups are red.";
  int for_full = 0;
  double agreement = 0;
  for (uint64_t i = 0; i < 500; ++i) {
    const Preference p = compare(kColor, full, focused, 1.0, 3, kKey.at(i));
    for_full += p.preference == 1;
    agreement += p.agreement / 500;
    EXPECT_FALSE(p.hallucination);
  }
  EXPECT_GT(for_full, 280);
  EXPECT_LT(for_full, 450);
  EXPECT_GT(agreement, 0.66);
  EXPECT_LT(agreement, 0.95);
}

TEST(Annotator, EditsGoTheWayTheySay) {
  int longer_is_better = 0, num_edits = 0;
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
        if (item.type != "description") continue;
        ++num_edits;
        longer_is_better += (changed.size() > answer.size()) == make_better;
      }
    });
  }
  EXPECT_GT(num_edits, 300);
  EXPECT_NEAR(static_cast<double>(longer_is_better) / num_edits, 0.5, 0.12);
}

}  // namespace
}  // namespace plumbline::world
