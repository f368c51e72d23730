#include "plumbline/benchmarks/hallusion_figures.h"

#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

HallusionQuestion question(const std::string& category, const std::string& figure,
                           const std::string& number, int visual_input) {
  return {.asked = {.id = category + figure + number},
          .category = category,
          .set = category + "_chart_0",
          .figure = figure,
          .number = number,
          .visual_input = visual_input};
}

// One set of each category: two questions over figures 0 and 1.
std::vector<HallusionQuestion> questions() {
  return {question("VD", "0", "0", 1), question("VD", "0", "1", 1), question("VD", "1", "0", 2),
          question("VD", "1", "1", 2), question("VS", "0", "0", 0), question("VS", "0", "1", 0),
          question("VS", "1", "0", 1), question("VS", "1", "1", 2)};
}

eval::Scoring score(const std::vector<bool>& rights, const HallusionStyle& style = {}) {
  eval::Scoring scoring;
  add_hallusion_figures(scoring, questions(), rights, style);
  return scoring;
}

TEST(HallusionFigures, ByHand) {
  const auto scoring = score({true, true, true, false, false, true, true, true});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "aAcc"), 75);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "VD/aAcc"), 75);
  // VD 0 right, VD 1 wrong, VS 0 wrong, VS 1 right.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "qAcc"), 50);
  // VD figure 0 right, 1 wrong; VS figure 1 right, its figure 0 is none.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "fAcc"), 200.0 / 3);
  EXPECT_EQ(eval::printed_figure(scoring, "fAcc"), "66.6667");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "VS/fAcc"), 100);
  // Easy: VD 0 and 1 of figure 0, VS 0 of both figures, VS 1 of figure 0.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "easy"), 75);
  // Hard: VD 0 and 1 of figure 1, VS 1 of figure 1.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hard"), 200.0 / 3);
  EXPECT_EQ(scoring.units.size(), 2u);
}

TEST(HallusionFigures, EasyMayBeByFigure) {
  const auto scoring =
      score({true, true, true, false, false, true, true, true}, {.is_easy_by_figure = true});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "easy"), 75);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hard"), 75);
}

TEST(HallusionFigures, TheKitsOverallIsTheMeanOfThree) {
  const auto scoring = score({true, true, true, false, false, true, true, true}, {.is_kit = true});
  // It leaves no figure out: it asks only questions with one.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "overall"), (75 + 50 + 50) / 3.0);
  EXPECT_EQ(scoring.figures.size(), 12u);
}

TEST(HallusionFigures, OneMoreRightAnswerNeverLowersAnything) {
  std::vector<bool> rights(8, false);
  auto last = score(rights).values(eval::total(score(rights)));
  for (size_t i = 0; i < rights.size(); ++i) {
    rights[(i * 3) % 8] = true;
    const auto scoring = score(rights);
    const auto values = scoring.values(eval::total(scoring));
    for (size_t f = 0; f < values.size(); ++f) EXPECT_GE(values[f], last[f]);
    last = values;
  }
  for (const double value : last) EXPECT_EQ(value, 100);
}

}  // namespace
}  // namespace plumbline::benchmarks
