#include "plumbline/benchmarks/science_qa_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::benchmarks {
namespace {

ScienceProblem problem(const std::string& id, size_t answer, const std::string& grade) {
  ScienceProblem problem;
  problem.id = id;
  problem.choices = {"x", "y"};
  problem.answer = answer;
  problem.grade = grade;
  return problem;
}

std::vector<std::string> names_of(const ScienceFigures& figures) {
  std::vector<std::string> names;
  for (const auto& spec : figures.specs()) names.push_back(spec.name);
  return names;
}

TEST(ScienceFigures, OnlyFieldsThatAreThereHaveFigures) {
  EXPECT_THAT(names_of(ScienceFigures({problem("1", 0, "")})),
              testing::ElementsAre("accuracy", "image_accuracy", "accuracy_of_readable"));
  EXPECT_THAT(
      names_of(ScienceFigures({problem("1", 0, "grade6"), problem("2", 0, "grade13")})),
      testing::ElementsAre("accuracy", "image_accuracy", "grade/G1-6", "accuracy_of_readable"));
}

TEST(ScienceFigures, PassedOverProblemsKeepTheirUnit) {
  const std::vector<ScienceProblem> problems = {problem("1", 0, "grade1"), problem("2", 1, "")};
  const ScienceFigures figures(problems);
  eval::Tally tally = figures.start();
  figures.add(tally, problems[0], 1, 1, true);
  figures.add(tally, problems[1], 0, 0, false);
  EXPECT_EQ(tally.units().size(), 2u);
  const auto values =
      figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
  EXPECT_EQ(values[0], 1);
  EXPECT_TRUE(std::isnan(values[1]));  // no images
  const auto baselines = science_baselines(problems, figures);
  ASSERT_EQ(baselines.size(), 4u);
  EXPECT_EQ(baselines[1].second[0], 0.5);
  EXPECT_EQ(baselines[3].second[0], 0.5);
}

}  // namespace
}  // namespace plumbline::benchmarks
