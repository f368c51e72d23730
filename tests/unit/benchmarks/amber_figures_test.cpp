#include "plumbline/benchmarks/amber_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

// Of answers given as "yn": truth yes, answered no; "x" is neither.
std::map<std::string, double> figures(AmberType type, const std::vector<std::string>& answers) {
  eval::Tally tally;
  const AmberFigures figures(tally, {type}, false);
  for (const auto& answer : answers) {
    figures.add(
        tally, "image", type,
        {.is_truth_yes = answer[0] == 'y', .is_yes = answer[1] == 'y', .is_no = answer[1] == 'n'});
  }
  const auto values =
      figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
  std::map<std::string, double> named;
  for (size_t i = 0; i < values.size(); ++i) named[figures.specs()[i].name] = values[i];
  return named;
}

TEST(AmberFigures, NoIsThePositiveClass) {
  const auto f = figures(AmberType::State, {"nn", "nn", "ny", "yn", "yy", "nx"});
  EXPECT_DOUBLE_EQ(f.at("state/accuracy"), 3 / 6.001 * 100);
  EXPECT_DOUBLE_EQ(f.at("state/precision"), 2 / 3.001 * 100);
  EXPECT_DOUBLE_EQ(f.at("state/recall"), 2 / 4.001 * 100);
  EXPECT_DOUBLE_EQ(f.at("state/accuracy_of_readable"), 3 / 5.0 * 100);
  EXPECT_DOUBLE_EQ(f.at("attribute/accuracy"), 3 / 6.003 * 100);
  EXPECT_DOUBLE_EQ(f.at("discriminative/accuracy"), 3 / 6.001 * 100);
  EXPECT_FALSE(f.contains("relation/accuracy"));
}

TEST(AmberFigures, F1IsOfRoundedPercents) {
  // 2 / 3.001 = 66.6...% and 2 / 4.001 = 49.9...% are rounded to 66.6 and 50.0 before.
  const double state = figures(AmberType::State, {"nn", "nn", "ny", "yn", "nx"}).at("state/f1");
  EXPECT_DOUBLE_EQ(state, 2 * 0.666 * 0.5 / (0.666 + 0.5 + 1e-4) * 100);
  const double existence =
      figures(AmberType::Existence, {"nn", "nn", "ny", "yn", "nx"}).at("existence/f1");
  EXPECT_DOUBLE_EQ(existence, 2 * 0.666 * 0.5 / (0.666 + 0.5 + 1e-3) * 100);
}

TEST(AmberFigures, ConstantAnswers) {
  const auto yes = figures(AmberType::Relation, {"yy", "ny"});
  EXPECT_EQ(yes.at("relation/precision"), 0);  // 0 / 0.001
  EXPECT_EQ(yes.at("relation/f1"), 0);
  const auto no = figures(AmberType::Relation, {"yn", "nn"});
  EXPECT_DOUBLE_EQ(no.at("relation/recall"), 1 / 1.001 * 100);
}

TEST(AmberFigures, Descriptions) {
  eval::Tally tally;
  const AmberFigures figures(tally, {AmberType::Generative}, false);
  figures.add(tally, "1", {{"dog", "cat", "cat"}, {"cat", "cat"}, {"dog"}, {"cat"}},
              {{"dog", "sky"}, {"cat", "bird"}});
  figures.add(tally, "2", {{"sky"}, {}, {"sky"}, {}}, {{"sky"}, {}});
  const auto values =
      figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
  EXPECT_DOUBLE_EQ(values[0], 2 / 4.001 * 100);
  EXPECT_DOUBLE_EQ(values[1], 2 / 3.001 * 100);
  EXPECT_DOUBLE_EQ(values[2], 100 - 1 / 2.001 * 100);
  EXPECT_DOUBLE_EQ(values[3], 1 / 2.001 * 100);
}

TEST(AmberFigures, BothNamesOfRelation) {
  EXPECT_EQ(amber_type("relation", ""), AmberType::Relation);
  EXPECT_EQ(amber_type("discriminative-relation", ""), AmberType::Relation);
  EXPECT_THAT(eval::error_of([] { amber_type("discriminative", "a.json, record 3"); }),
              HasSubstr("record 3"));
}

}  // namespace
}  // namespace plumbline::benchmarks
