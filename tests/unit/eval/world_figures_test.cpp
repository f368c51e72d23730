#include "plumbline/eval/world_figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace plumbline::eval {
namespace {

RatedAnswer answer(const std::string& type, const std::string& image,
                   const std::string& text = "") {
  RatedAnswer r;
  r.item.type = type;
  r.item.image = image;
  r.answer = text;
  return r;
}

RatedAnswer yes_no(bool truth, int said) {
  auto r = answer("yes_no", "a");
  r.item.expected = truth ? "yes" : "no";
  r.verdict.yes_no = said;
  return r;
}

RatedAnswer description(std::vector<int> mentioned, std::vector<int> absent, double coverage,
                        int num_false) {
  auto r = answer("description", "b", "three words here");
  r.verdict.mentioned = std::move(mentioned);
  r.verdict.hallucinated = std::move(absent);
  r.verdict.coverage = coverage;
  r.verdict.num_false = num_false;
  r.verdict.is_hallucinated = num_false > 0;
  r.verdict.score = num_false > 0 ? 2 : 6;
  return r;
}

TEST(WorldFigures, YesNoByHand) {
  // Two true positives, one false positive, one false negative, and an unreadable answer each to a
  // "no" and to a "yes", which counts as "no".
  const auto f = world_figures({yes_no(true, 1), yes_no(true, 1), yes_no(false, 1), yes_no(true, 0),
                                yes_no(false, -1), yes_no(true, -1)},
                               {.samples = 10});
  EXPECT_DOUBLE_EQ(f.at("f1").value, 4.0 / 7);
  EXPECT_DOUBLE_EQ(f.at("yes_rate").value, 0.5);
  EXPECT_DOUBLE_EQ(f.at("accuracy").value, 2.0 / 6);
  EXPECT_TRUE(std::isnan(f.at("score").value));  // no questions of the eight types
}

TEST(WorldFigures, DescriptionsByHand) {
  const auto f = world_figures(
      {description({1, 2, 2}, {2, 2}, 0.5, 2), description({3}, {}, 1.0, 0)}, {.samples = 10});
  EXPECT_DOUBLE_EQ(f.at("chair_i").value, 0.5);
  EXPECT_DOUBLE_EQ(f.at("chair_s").value, 0.5);
  EXPECT_DOUBLE_EQ(f.at("false_description").value, 0.5);
  EXPECT_DOUBLE_EQ(f.at("coverage").value, 0.75);
  EXPECT_DOUBLE_EQ(f.at("length").value, 3);
  EXPECT_DOUBLE_EQ(f.at("hallucination").value, 0.5);
  EXPECT_DOUBLE_EQ(f.at("score").value, 4);
  ASSERT_EQ(f.types.size(), 1U);
  EXPECT_EQ(f.types[0].count, 2);
  EXPECT_DOUBLE_EQ(f.types[0].score, 4);
}

TEST(WorldFigures, JsonKeepsEverything) {
  const auto f = world_figures({description({1}, {}, 0.5, 0), yes_no(true, 1)}, {.samples = 10});
  const auto g = figures_from_json(to_json(f));
  for (const auto& column : figure_columns()) {
    ASSERT_FALSE(std::isnan(f.at(column.name).value)) << column.name;
    EXPECT_EQ(f.at(column.name).value, g.at(column.name).value) << column.name;
    EXPECT_EQ(f.at(column.name).high, g.at(column.name).high) << column.name;
  }
  EXPECT_EQ(g.num_answers, 2);
  EXPECT_EQ(g.types.size(), 2U);
}

TEST(WorldFigures, FilesOfEarlierVersionsLackSome) {
  auto json = to_json(world_figures({yes_no(true, 1)}, {.samples = 10}));
  json.erase("yes_bias");
  const auto f = figures_from_json(json);
  EXPECT_TRUE(std::isnan(f.at("yes_bias").value));
  EXPECT_EQ(f.at("f1").value, 1);
  EXPECT_TRUE(std::isnan(over_runs({f, f}).at("yes_bias").value));
}

TEST(WorldFigures, WithoutItemsOfItsKindAFigureIsNoNumber) {
  EXPECT_EQ(world_figures({}, {}).num_answers, 0);
  EXPECT_TRUE(std::isnan(world_figures({}, {}).at("coverage").value));
  const auto f = world_figures({yes_no(true, 1)}, {.samples = 10});
  const auto json = nlohmann::json::parse(to_json(f).dump());
  EXPECT_TRUE(json["chair_i"]["value"].is_null());
  EXPECT_TRUE(std::isnan(figures_from_json(json).at("chair_i").low));
}

TEST(WorldFigures, SeveralRunsGiveMeansAndRanges) {
  const auto one = world_figures({description({1}, {}, 0.5, 0)}, {.samples = 10});
  const auto two = world_figures({description({1}, {1}, 1.0, 1)}, {.samples = 10});
  const auto both = over_runs({one, two});
  EXPECT_DOUBLE_EQ(both.at("coverage").value, 0.75);
  EXPECT_DOUBLE_EQ(both.at("coverage").low, 0.5);
  EXPECT_DOUBLE_EQ(both.at("coverage").high, 1.0);
  EXPECT_DOUBLE_EQ(both.at("hallucination").value, 0.5);
  ASSERT_EQ(both.types.size(), 1U);
  EXPECT_DOUBLE_EQ(both.types[0].score, 4);
  EXPECT_EQ(both.num_answers, 2);
}

}  // namespace
}  // namespace plumbline::eval
