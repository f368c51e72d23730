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

// Seeds that differ by more than images do: the interval is as wide as that of three seeds alone.
TEST(SeedStudy, SeedsWidenTheInterval) {
  SeedStudy study(kOptions);
  const std::vector<double> zeros(100);
  study.add("A", {mean_of(plus(zeros, 0)), mean_of(plus(zeros, 3)), mean_of(plus(zeros, 6))});
  study.add("B", {mean_of(zeros)});
  const auto d = study.difference("A", "B", "mean").interval;
  EXPECT_EQ(d.value, 3);
  // The mean of three draws from 0, 3, 6 is 0 in 1 of 27, and 1 or less in 4 of 27.
  EXPECT_EQ(d.low, 0);
  EXPECT_EQ(d.high, 6);
}

// Known variances of both kinds: the interval's width is 2 x 1.96 deviations of the mean.
TEST(SeedStudy, BothKindsOfNoiseAddUp) {
  const size_t images = 400, seeds = 12;
  const auto offsets = noise(seeds, 7, 0.3);
  std::vector<eval::Scoring> a;
  const auto of_images = noise(images, 8, 4);
  for (size_t s = 0; s < seeds; ++s) a.push_back(mean_of(plus(of_images, offsets[s])));
  SeedStudy study(kOptions);
  study.add("A", a);
  double mean = 0, variance = 0;
  for (const double offset : offsets) mean += offset / seeds;
  for (const double offset : offsets) variance += (offset - mean) * (offset - mean) / seeds;
  double image_mean = 0, image_variance = 0;
  for (const double value : of_images) image_mean += value / images;
  for (const double value : of_images)
    image_variance += (value - image_mean) * (value - image_mean) / images;
  const double deviation = std::sqrt(variance / seeds + image_variance / images);
  EXPECT_NEAR(width(study.mean("A", "mean").interval) / (2 * 1.96 * deviation), 1, 0.08);
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
  EXPECT_THAT(refusal(study, {mean_of({1, 2}, "other")}), testing::HasSubstr("same images"));
  EXPECT_THAT(refusal(study, {mean_of({1, 2}), mean_of({1, 2}), mean_of({1, 2})}),
              testing::HasSubstr("2 seeds, or one for all, got 3"));
  auto other = mean_of({1, 2});
  other.figures[0].name = "median";
  EXPECT_THAT(refusal(study, {other}), testing::HasSubstr("same figures"));
}

}  // namespace
}  // namespace plumbline::study
