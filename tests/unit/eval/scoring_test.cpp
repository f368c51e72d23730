#include "plumbline/eval/scoring.h"

#include <gtest/gtest.h>

namespace plumbline::eval {
namespace {

// Means of numbers that are told by image.
Scoring mean_of(const std::vector<std::pair<std::string, double>>& values) {
  Tally tally;
  const auto sum = tally.column("sum"), count = tally.column("count");
  for (const auto& [image, value] : values) {
    tally.add(image, sum, value);
    tally.add(image, count);
  }
  return {.figures = {{.name = "mean"}},
          .num_sums = tally.num_columns(),
          .units = tally.units(),
          .values = [](const Sums& s) { return std::vector<double>{ratio(s[0], s[1])}; }};
}

TEST(Tally, AddsUpByUnitAndColumn) {
  Tally tally;
  const auto a = tally.column("a"), b = tally.column("b");
  EXPECT_EQ(tally.column("a"), a);
  tally.add("y", b, 2);
  tally.add("x", a);
  tally.add("x", b, 3);
  tally.add("x", a, 4);
  const auto units = tally.units();
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].name, "x");
  EXPECT_EQ(units[0].parts, (std::vector<std::pair<uint32_t, double>>{{a, 5}, {b, 3}}));
}

TEST(Scoring, OrderOfRecordsDoesNotMatter) {
  const auto one = mean_of({{"a", 1}, {"b", 2}, {"b", 6}, {"c", 0}});
  const auto other = mean_of({{"c", 0}, {"b", 6}, {"a", 1}, {"b", 2}});
  const BootstrapOptions options{.samples = 200, .key = random_key(1, "test")};
  EXPECT_EQ(figures_of(one, options)[0].low, figures_of(other, options)[0].low);
  EXPECT_EQ(figures_of(one, options)[0].value, 9.0 / 4);
}

TEST(Scoring, ImagesAreDrawnWhole) {
  // Two images whose questions are all right or all wrong: resampled means are 0, 1/2 or 1.
  std::vector<std::pair<std::string, double>> values;
  for (int i = 0; i < 50; ++i) {
    values.emplace_back("a", 1);
    values.emplace_back("b", 0);
  }
  const auto interval = figures_of(mean_of(values), {.samples = 200, .key = random_key(1, "t")})[0];
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
}

}  // namespace
}  // namespace plumbline::eval
