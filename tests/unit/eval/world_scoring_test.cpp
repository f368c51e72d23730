#include "plumbline/eval/world_scoring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/eval/world_figures.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

RatedAnswer rated(const std::string& type, const std::string& image, double score,
                  bool is_hallucinated) {
  RatedAnswer r;
  r.item.type = type;
  r.item.image = image;
  r.verdict.score = score;
  r.verdict.is_hallucinated = is_hallucinated;
  return r;
}

TEST(WorldScoring, TypesByHand) {
  const auto scoring =
      world_scoring({rated("counting", "a", 6, false), rated("counting", "b", 1, true),
                     rated("attribute", "a", 4, false)});
  EXPECT_EQ(figure(scoring, "type/counting/score"), 3.5);
  EXPECT_EQ(figure(scoring, "type/counting/hallucination"), 0.5);
  EXPECT_EQ(figure(scoring, "type/attribute/score"), 4);
  EXPECT_DOUBLE_EQ(figure(scoring, "hallucination"), 1.0 / 3);
  EXPECT_EQ(printed_figure(scoring, "chair_i"), "n/a");
  ASSERT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.units[0].name, "a");
}

TEST(WorldScoring, WhatIsNamedIsCountedOfDescriptionsAlone) {
  auto first = rated("description", "a", 6, false), second = rated("description", "b", 1, true);
  auto question = rated("counting", "a", 6, false);
  first.verdict.coverage = first.verdict.told_truly = 1;
  second.verdict.coverage = 0.5;
  second.verdict.told_truly = 0.25;
  question.verdict.coverage = question.verdict.told_truly = 1;
  const auto scoring = world_scoring({first, second, question});
  EXPECT_EQ(figure(scoring, "coverage"), 0.75);
  EXPECT_EQ(figure(scoring, "told_truly"), 0.625);
}

RatedAnswer yes_no(bool truth, int said) {
  auto r = rated("yes_no", "a", 0, false);
  r.item.expected = truth ? "yes" : "no";
  r.verdict.yes_no = said;
  return r;
}

// Two of three said "yes" where one is true; one-sidedness counts, not its side.
TEST(WorldScoring, YesBiasIsOfTheBenchmarksOwnShare) {
  EXPECT_NEAR(
      figure(world_scoring({yes_no(true, 1), yes_no(false, 1), yes_no(false, 0)}), "yes_bias"),
      1.0 / 3, 1e-12);
  EXPECT_NEAR(
      figure(world_scoring({yes_no(true, 0), yes_no(false, 0), yes_no(false, 0)}), "yes_bias"),
      1.0 / 3, 1e-12);
  EXPECT_EQ(figure(world_scoring({yes_no(true, 0), yes_no(false, 1)}), "yes_bias"), 0);
}

// What `plumbline eval` without a step reports comes from the same sums.
TEST(WorldScoring, FiguresOfARunAreTheSame) {
  const std::vector<RatedAnswer> answers = {rated("counting", "a", 6, false),
                                            rated("description", "b", 2, true)};
  const auto scoring = world_scoring(answers);
  const auto figures = world_figures(answers, {.samples = 0});
  for (const auto& column : figure_columns()) {
    EXPECT_THAT(figures.at(column.name).value,
                testing::NanSensitiveDoubleEq(figure(scoring, column.name)))
        << column.name;
  }
}

}  // namespace
}  // namespace plumbline::eval
