#include "plumbline/study/seed_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "tests/unit/study/scored_values.h"

namespace plumbline::study {
namespace {

const eval::BootstrapOptions kOptions{.samples = 2000, .key = random_key(3, "test")};

std::vector<double> noise(size_t count, int64_t seed, double scale) {
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

struct Held {
  double share = 0, width = 0;
};

// The share of studies whose interval holds the truth, 0, and their mean width. Noise is of seeds,
// of images, and of how each seed fares on each image; the error of the mean is 1 in all.
Held intervals(size_t seeds, double of_seeds, double of_images, double of_both) {
  constexpr int kStudies = 600;
  constexpr size_t kImages = 60;
  const auto n = static_cast<double>(seeds);
  const double unit =
      1 / std::sqrt(of_seeds * of_seeds / n + of_images * of_images + of_both * of_both / n);
  Held held;
  for (uint64_t i = 0; i < kStudies; ++i) {
    const RandomKey key = random_key(i, "noise");
    const auto drawn = [&](const char* what, uint64_t place, size_t count, double deviation) {
      Random random(key.at(what).at(place));
      std::vector<double> values;
      for (size_t k = 0; k < count; ++k) values.push_back(deviation * random.normal());
      return values;
    };
    const double by_image = unit * std::sqrt(static_cast<double>(kImages));
    const auto offsets = drawn("seeds", 0, seeds, unit * of_seeds);
    const auto images = drawn("images", 0, kImages, by_image * of_images);
    std::vector<eval::Scoring> a;
    for (size_t s = 0; s < seeds; ++s) {
      auto values = drawn("both", s, kImages, by_image * of_both);
      for (size_t k = 0; k < kImages; ++k) values[k] += images[k] + offsets[s];
      a.push_back(mean_of(values));
    }
    SeedStudy study({.samples = 200, .key = random_key(i, "test")});
    study.add("A", a);
    const auto interval = study.mean("A", "mean").interval;
    held.share += (interval.low <= 0 && 0 <= interval.high) / double{kStudies};
    held.width += width(interval) / kStudies;
  }
  return held;
}

// 600 studies: the standard error of a share of 0.95 is 0.009. Drawing seeds with replacement
// holds 0.84 of five and 0.73 of three; the deviation of seeds in place of its own part, 0.99.
TEST(SeedStudy, IntervalsHoldTheTruthAsOftenAsTheySay) {
  for (const size_t seeds : {3U, 5U}) {
    for (const auto& [of_seeds, of_images, of_both] :
         {std::array{1., 0.01, 0.}, std::array{0.01, 1., 0.}, std::array{0., 0., 1.},
          std::array{1., 1., 1.}, std::array{1., 0.3, 0.5}}) {
      EXPECT_NEAR(intervals(seeds, of_seeds, of_images, of_both).share, 0.95, 0.03)
          << seeds << " seeds: " << of_seeds << ", " << of_images << ", " << of_both;
    }
  }
}

// The least favourable mixture found: seeds that differ more than how they fare on images, whose
// own part is then cut to 0 too often.
TEST(SeedStudy, IntervalsHoldTheTruthNearlyAsOftenWhereSeedsDifferMost) {
  EXPECT_NEAR(intervals(5, std::sqrt(2.), 0.01, 1).share, 0.925, 0.03);
  EXPECT_NEAR(intervals(3, std::sqrt(2.), 0.01, 1).share, 0.91, 0.03);
}

// Of images, and of how seeds fare on them, the interval is the bootstrap's; nothing is counted
// twice. (3.92 by the normal distribution; a little more where chance looks like seeds.)
TEST(SeedStudy, IntervalsAreNoWiderThanTheyMustBe) {
  EXPECT_LT(intervals(5, 0, 1, 0).width, 4.0);
  EXPECT_LT(intervals(5, 0, 0, 1).width, 4.8);
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
