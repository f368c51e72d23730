#include "plumbline/study/seed_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "tests/unit/study/scored_values.h"

namespace plumbline::study {
namespace {

const eval::BootstrapOptions kOptions{.samples = 2000, .key = random_key(3, "test")};

std::vector<double> noise(size_t count, uint64_t seed, double scale) {
  Random random(random_key(seed, "noise"));
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) values.push_back(scale * random.normal());
  return values;
}

std::vector<double> plus(std::vector<double> values, double shift) {
  for (double& value : values) value += shift;
  return values;
}

double width(const eval::Interval& i) { return i.high - i.low; }

TEST(SeedStudy, MeansAreOfSeedsAsTheyAre) {
  SeedStudy study(kOptions);
  study.add("A", {mean_of({1, 2, 3}), mean_of({4, 4, 4})});
  const auto mean = study.mean("A", "mean");
  EXPECT_THAT(mean.by_seed, testing::ElementsAre(2, 4));
  EXPECT_EQ(mean.interval.value, 3);
}

TEST(SeedStudy, WhatIsHardAboutAnImageCancels) {
  const auto hard = noise(200, 1, 10);
  SeedStudy study(kOptions);
  study.add("A", {mean_of(plus(hard, 1)), mean_of(plus(hard, 1))});
  study.add("B", {mean_of(hard), mean_of(hard)});
  const auto d = study.difference("A", "B", "mean").interval;
  EXPECT_NEAR(d.value, 1, 1e-9);
  EXPECT_LT(width(d), 1e-9);
  EXPECT_GT(width(study.mean("A", "mean").interval), 1);
}

// Seeds alone: the t interval by hand. Mean 3, deviation 3 of 0, 3, 6; t(2) at 97.5 % is 4.303.
TEST(SeedStudy, OfSeedsAloneItIsStudentsInterval) {
  SeedStudy study({.samples = 20000, .key = random_key(3, "test")});
  const std::vector<double> zeros(10);
  study.add("A", {mean_of(plus(zeros, 0)), mean_of(plus(zeros, 3)), mean_of(plus(zeros, 6))});
  study.add("B", {mean_of(zeros)});
  const auto d = study.difference("A", "B", "mean").interval;
  EXPECT_EQ(d.value, 3);
  EXPECT_NEAR(d.high - 3, 4.303 * 3 / std::sqrt(3.0), 0.6);
  EXPECT_NEAR(3 - d.low, 4.303 * 3 / std::sqrt(3.0), 0.6);
}

// The share of studies whose interval holds the truth, 0, with noise of seeds and of images.
double coverage(size_t seeds, double of_seeds, double of_images) {
  constexpr int kStudies = 400;
  int covered = 0;
  for (uint64_t i = 0; i < kStudies; ++i) {
    const auto offsets = noise(seeds, 2 * i + 1000, of_seeds);
    const auto images = noise(40, 2 * i + 1001, of_images);
    std::vector<eval::Scoring> a;
    for (const double offset : offsets) a.push_back(mean_of(plus(images, offset)));
    SeedStudy study({.samples = 200, .key = random_key(i, "test")});
    study.add("A", a);
    const auto interval = study.mean("A", "mean").interval;
    covered += interval.low <= 0 && 0 <= interval.high;
  }
  return static_cast<double>(covered) / kStudies;
}

// 400 studies: the standard error of a share of 0.95 is 0.011.
TEST(SeedStudy, IntervalsHoldTheTruthAsOftenAsTheySay) {
  EXPECT_NEAR(coverage(5, 1, 0.01), 0.95, 0.04);
  EXPECT_NEAR(coverage(3, 1, 0.01), 0.95, 0.04);
  EXPECT_NEAR(coverage(5, 0.01, 6), 0.94, 0.04);  // of 40 images alone
  EXPECT_NEAR(coverage(5, 1, 3), 0.96, 0.04);
}

TEST(SeedStudy, OfOneSeedItKnowsImagesOnly) {
  SeedStudy study(kOptions);
  study.add("A", {mean_of(noise(100, 5, 1))});
  EXPECT_NEAR(width(study.mean("A", "mean").interval), 2 * 1.96 * 0.1, 0.08);
}

TEST(SeedStudy, WhatIsNoNumberHasNoInterval) {
  auto none = mean_of({1, 2});
  none.values = [](const eval::Sums&) { return std::vector<double>{NAN}; };
  SeedStudy study(kOptions);
  study.add("A", {none, none});
  EXPECT_TRUE(std::isnan(study.mean("A", "mean").interval.low));
  SeedStudy without({.samples = 0});
  without.add("A", {mean_of({1, 2})});
  EXPECT_EQ(without.mean("A", "mean").interval.value, 1.5);
  EXPECT_TRUE(std::isnan(without.mean("A", "mean").interval.high));
}

TEST(SeedStudy, PairedSeedsCancelToo) {
  const std::vector<double> zeros(50);
  SeedStudy study(kOptions);
  study.add("A", {mean_of(plus(zeros, 1)), mean_of(plus(zeros, 9))});
  study.add("B", {mean_of(plus(zeros, 0)), mean_of(plus(zeros, 8))});
  EXPECT_LT(width(study.difference("A", "B", "mean").interval), 1e-9);
  SeedStudy crossed(kOptions);
  crossed.add("A", {mean_of(plus(zeros, 1)), mean_of(plus(zeros, 9))});
  crossed.add("B", {mean_of(plus(zeros, 8)), mean_of(plus(zeros, 0))});
  EXPECT_GT(width(crossed.difference("A", "B", "mean").interval), 10);
}

std::string refusal(SeedStudy& study, const std::vector<eval::Scoring>& seeds) {
  try {
    study.add("B", seeds);
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(SeedStudy, RefusesWhatCannotBeCompared) {
  SeedStudy study(kOptions);
  study.add("A", {mean_of({1, 2}), mean_of({1, 2})});
  EXPECT_THAT(refusal(study, {}), testing::HasSubstr("at least one seed"));
  EXPECT_THAT(refusal(study, {mean_of({1, 2}, "other")}), testing::HasSubstr("same 2 images"));
  EXPECT_THAT(refusal(study, {mean_of({1, 2}), mean_of({1, 2}), mean_of({1, 2})}),
              testing::HasSubstr("2 seeds, or one for all, got 3"));
  auto other = mean_of({1, 2});
  other.figures[0].name = "median";
  EXPECT_THAT(refusal(study, {other}), testing::HasSubstr("figures mean, got median"));
}

}  // namespace
}  // namespace plumbline::study
