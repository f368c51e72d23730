#include "plumbline/benchmarks/mmbench_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

MmbenchRow row(int64_t index, char answer, const std::string& category,
               const std::string& split = "dev") {
  MmbenchRow row;
  row.index = index;
  row.answer = answer;
  row.category = category;
  row.split = split;
  return row;
}

std::vector<std::string> names_of(const MmbenchFigures& figures) {
  std::vector<std::string> names;
  for (const auto& spec : figures.specs()) names.push_back(spec.name);
  return names;
}

TEST(MmbenchFigures, CircularVanillaAndRow) {
  // The rotation comes before its first order.
  const std::vector<MmbenchRow> rows = {row(1000001, 'B', "wrong place"), row(1, 'A', "x"),
                                        row(2, 'A', "y"), row(1000002, 'B', "y")};
  const MmbenchFigures figures(rows, true, {});
  EXPECT_THAT(names_of(figures),
              testing::ElementsAre("circular_accuracy", "vanilla_accuracy", "row_accuracy",
                                   "row_accuracy_of_readable", "category/wrong place", "category/x",
                                   "category/y"));
  const eval::Tally tally = figures.count(rows, {{'B'}, {'A'}, {'A'}, {'A', true}});
  const auto values =
      figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
  EXPECT_EQ(values[0], 0.5);
  EXPECT_EQ(values[1], 1);
  EXPECT_EQ(values[2], 0.75);
  EXPECT_EQ(values[3], 1);
  EXPECT_EQ(values[5], 1);
  EXPECT_EQ(values[6], 0);
  EXPECT_EQ(tally.units().size(), 2u);
}

TEST(MmbenchFigures, SplitsStandApart) {
  const std::vector<MmbenchRow> rows = {row(1, 'A', "", "dev"), row(2, 'A', "", "test")};
  EXPECT_THAT(names_of(MmbenchFigures(rows, false, {})),
              testing::ElementsAre("dev/vanilla_accuracy", "dev/row_accuracy_of_readable",
                                   "test/vanilla_accuracy", "test/row_accuracy_of_readable"));
}

}  // namespace
}  // namespace plumbline::benchmarks
