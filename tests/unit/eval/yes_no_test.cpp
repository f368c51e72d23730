#include "plumbline/eval/yes_no.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::eval {
namespace {

TEST(YesNo, NeitherIsWrongAndOfNoKind) {
  for (const bool truth : {true, false}) {
    const auto o = outcome_of(truth, YesNo::Neither);
    EXPECT_FALSE(o.is_true_positive || o.is_false_positive || o.is_true_negative ||
                 o.is_false_negative || o.is_yes);
    EXPECT_TRUE(o.is_malformed);
  }
}

TEST(YesNo, FiguresByHand) {
  Tally tally;
  const YesNoFigures figures(tally, "");
  const auto add = [&](bool truth, YesNo predicted) {
    figures.add(tally, "image", outcome_of(truth, predicted));
  };
  for (int i = 0; i < 3; ++i) add(true, YesNo::Yes);
  for (int i = 0; i < 1; ++i) add(false, YesNo::Yes);
  for (int i = 0; i < 2; ++i) add(true, YesNo::No);
  for (int i = 0; i < 3; ++i) add(false, YesNo::No);
  add(true, YesNo::Neither);
  Sums sums(tally.num_columns());
  const auto units = tally.units();
  for (const auto& [column, value] : units[0].parts) sums[column] = value;
  const auto values = figures.values(sums);
  EXPECT_DOUBLE_EQ(values[0], 0.6);
  EXPECT_DOUBLE_EQ(values[1], 0.75);
  EXPECT_DOUBLE_EQ(values[2], 0.6);
  EXPECT_DOUBLE_EQ(values[YesNoFigures::kF1], 2 * 0.75 * 0.6 / 1.35);
  EXPECT_DOUBLE_EQ(values[4], 0.4);
  EXPECT_DOUBLE_EQ(values[5], 6.0 / 9);
  EXPECT_EQ(YesNoFigures::specs("", {}).size(), values.size());
}

TEST(YesNo, F1IsZeroWhereNothingIsRight) {
  Tally tally;
  const YesNoFigures figures(tally, "");
  const auto values = [&] {
    Sums sums(tally.num_columns());
    const auto units = tally.units();
    for (const auto& [column, value] : units[0].parts) sums[column] = value;
    return figures.values(sums);
  };
  figures.add(tally, "image", outcome_of(false, YesNo::No));
  EXPECT_TRUE(std::isnan(values()[YesNoFigures::kF1]));  // no positive anywhere
  figures.add(tally, "image", outcome_of(true, YesNo::No));
  EXPECT_EQ(values()[YesNoFigures::kF1], 0);
  EXPECT_TRUE(std::isnan(values()[1]));  // precision of nothing
}

TEST(HasWord, AsAWholeInAnyCase) {
  EXPECT_TRUE(has_word("YES!", "yes"));
  EXPECT_TRUE(has_word("(no)", "no"));
  EXPECT_FALSE(has_word("nothing", "no"));
  EXPECT_FALSE(has_word("piano", "no"));
  EXPECT_FALSE(has_word("", "no"));
}

}  // namespace
}  // namespace plumbline::eval
