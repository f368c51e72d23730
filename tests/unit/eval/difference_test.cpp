#include "plumbline/eval/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/base/random.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

const BootstrapOptions kOptions{.samples = 2000, .key = random_key(1, "test")};

Scoring mean_of(const std::vector<double>& values, int first_image = 0) {
  Tally tally;
  const auto sum = tally.column("sum"), count = tally.column("count");
  for (size_t i = 0; i < values.size(); ++i) {
    const auto image = std::to_string(first_image + static_cast<int>(i));
    tally.add(image, sum, values[i]);
    tally.add(image, count);
  }
  return {.figures = {{.name = "mean"}},
          .num_sums = tally.num_columns(),
          .units = tally.units(),
          .values = [](const Sums& s) { return std::vector<double>{ratio(s[0], s[1])}; }};
}

TEST(Compare, WhatIsHardAboutAnImageCancels) {
  std::vector<double> a, b;
  Random random(random_key(2, "data"));
  for (int i = 0; i < 100; ++i) {
    b.push_back(10 * random.normal());
    a.push_back(b.back() + 1);
  }
  const auto d = compare(mean_of(a), mean_of(b), "A", "B", kOptions)[0];
  EXPECT_NEAR(d.difference.value, 1, 1e-9);
  EXPECT_NEAR(d.difference.low, 1, 1e-9);
  EXPECT_NEAR(d.p_value, 1.0 / 2001, 1e-9);
  EXPECT_TRUE(matters(d));
}

// Of four images all exchanges can be counted: the mean difference of 1, 1, 1, -1 is as far from 0
// in 10 of 16.
TEST(Compare, PermutationByHand) {
  const auto d = compare(mean_of({1, 1, 1, 0}), mean_of({0, 0, 0, 1}), "A", "B", kOptions)[0];
  EXPECT_NEAR(d.p_value, 10.0 / 16, 0.04);
  EXPECT_FALSE(matters(d));
}

TEST(Compare, EqualSystemsDoNotDiffer) {
  const auto d = compare(mean_of({1, 0, 1}), mean_of({1, 0, 1}), "A", "B", kOptions)[0];
  EXPECT_EQ(d.difference.value, 0);
  EXPECT_EQ(d.p_value, 1);
}

TEST(Compare, AFigureOfNothingHasNoPValue) {
  auto a = mean_of({1, 2}), b = mean_of({1, 1});
  a.values = b.values = [](const Sums&) { return std::vector<double>{NAN}; };
  EXPECT_TRUE(std::isnan(compare(a, b, "A", "B", kOptions)[0].p_value));
}

TEST(Compare, WithoutPermutationsThereIsNoPValue) {
  const auto d = compare(mean_of({1, 2}), mean_of({1, 1}), "A", "B", {.samples = 0})[0];
  EXPECT_EQ(d.difference.value, 0.5);
  EXPECT_TRUE(std::isnan(d.p_value));
  EXPECT_FALSE(matters(d));
}

TEST(Compare, OtherImagesAreRefused) {
  EXPECT_THAT(error_of([] {
                compare(mean_of({1, 2}), mean_of({1, 2}, 5), "A", "B", kOptions);
              }),
              testing::HasSubstr("comparing A with B"));
  EXPECT_NE(error_of([] { compare(mean_of({1, 2}), mean_of({1}), "A", "B", kOptions); }), "");
}

}  // namespace
}  // namespace plumbline::eval
