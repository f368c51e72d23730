#include "plumbline/eval/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::eval {
namespace {

std::vector<double> mean(const std::vector<double>& sums) { return {sums[0] / sums[1]}; }

// The interval of a mean has about the width the normal approximation gives: 2 * 1.96 * sd /
// sqrt(n).
TEST(Bootstrap, IntervalOfAMean) {
  std::vector<std::vector<double>> units;
  Random random(random_key(1, "data"));
  for (int i = 0; i < 400; ++i) units.push_back({random.normal() + 3, 1});
  const auto interval =
      bootstrap(units, mean, {.samples = 2000, .key = random_key(2, "bootstrap")})[0];
  EXPECT_LT(interval.low, interval.value);
  EXPECT_LT(interval.value, interval.high);
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 / std::sqrt(400), 0.03);
}

TEST(Bootstrap, LowerConfidenceIsNarrowerAndTheSeedDecides) {
  std::vector<std::vector<double>> units;
  for (int i = 0; i < 50; ++i) units.push_back({static_cast<double>(i % 7), 1});
  const auto at = [&](double confidence, int64_t seed) {
    return bootstrap(units, mean,
                     {.samples = 500, .confidence = confidence, .key = random_key(seed, "b")})[0];
  };
  EXPECT_LT(at(0.5, 1).high - at(0.5, 1).low, at(0.95, 1).high - at(0.95, 1).low);
  const auto ends = [&](int64_t seed) {
    return std::pair(at(0.95, seed).low, at(0.95, seed).high);
  };
  EXPECT_EQ(ends(1), ends(1));
  EXPECT_NE(ends(1), ends(2));
}

TEST(Bootstrap, SamplesWithoutTheFigureAreLeftOut) {
  // Half of the units have nothing to divide by; some samples of two units draw only those.
  const auto interval =
      bootstrap({{3, 1}, {0, 0}}, mean, {.samples = 100, .key = random_key(1, "b")})[0];
  EXPECT_EQ(interval.value, 3);
  EXPECT_EQ(interval.low, 3);
  EXPECT_EQ(interval.high, 3);
}

TEST(Bootstrap, UnitsWithFewPartsAreTheSame) {
  std::vector<std::vector<double>> units;
  SparseUnits sparse;
  Random random(random_key(1, "data"));
  for (int i = 0; i < 60; ++i) {
    units.push_back({0, 0, 0});
    std::vector<std::pair<uint32_t, double>> parts;
    for (uint32_t column = 0; column < 3; ++column) {
      if (random.chance(0.4)) parts.emplace_back(column, units.back()[column] = random.normal());
    }
    sparse.push_back(parts);
  }
  const auto figures = [](const std::vector<double>& sums) { return sums; };
  const BootstrapOptions options{.samples = 50, .key = random_key(1, "b")};
  const auto dense_intervals = bootstrap(units, figures, options);
  const auto intervals = bootstrap(sparse, 3, figures, options);
  for (size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(intervals[f].value, dense_intervals[f].value);
    EXPECT_EQ(intervals[f].low, dense_intervals[f].low);
    EXPECT_EQ(intervals[f].high, dense_intervals[f].high);
  }
}

TEST(PercentileInterval, LiesBetweenRanks) {
  std::vector<double> drawn = {4, 0, 1, 3, 2};
  const auto interval = percentile_interval(9, drawn, 0.75);  // ranks 0.5 and 3.5 of 0 to 4
  EXPECT_EQ(interval.value, 9);
  EXPECT_EQ(interval.low, 0.5);
  EXPECT_EQ(interval.high, 3.5);
}

TEST(Ratio, OfNothingIsNoNumber) {
  EXPECT_EQ(ratio(1, 4), 0.25);
  EXPECT_TRUE(std::isnan(ratio(0, 0)));
}

TEST(Bootstrap, OfNothingOrWithoutSamplesIsThePlainValue) {
  const auto zero = [](const std::vector<double>& sums) {
    return std::vector<double>{sums.empty() ? 0 : sums[0]};
  };
  EXPECT_EQ(bootstrap({}, zero, {})[0].high, 0);
  const auto plain = bootstrap({{2, 1}}, mean, {.samples = 0})[0];
  EXPECT_EQ(plain.value, 2);
  EXPECT_EQ(plain.low, 2);
}

}  // namespace
}  // namespace plumbline::eval
