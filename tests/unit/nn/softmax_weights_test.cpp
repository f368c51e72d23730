#include "plumbline/nn/softmax_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace plumbline::nn {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(SoftmaxWeights, AreThoseOfDoubleArithmetic) {
  for (const int64_t size : {1, 7, 8, 9, 511, 512, 1000, 50000}) {
    std::vector<float> x, weights(static_cast<size_t>(size));
    for (int64_t i = 0; i < size; ++i) {
      x.push_back(20 * std::sin(0.7F * static_cast<float>(i * i % 9973)));
    }
    const double scale = 1.25;
    const auto result = softmax_weights(x.data(), size, scale, weights.data());
    double largest = -kInfinity, total = 0;
    for (const float v : x) largest = std::max<double>(largest, v);
    EXPECT_EQ(result.largest, static_cast<float>(largest));
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = std::exp(scale * (x[i] - largest));
      EXPECT_NEAR(weights[i], expected, 5e-6 * expected) << i << " of " << size;
      total += expected;
    }
    EXPECT_NEAR(result.total, total, 2e-6 * total);
  }
}

TEST(SoftmaxWeights, MayReplaceTheirInput) {
  std::vector<float> x(100, 1.0F);
  x[40] = 2.0F;
  softmax_weights(x.data(), 100, 1, x.data());
  EXPECT_EQ(x[40], 1.0F);
  EXPECT_NEAR(x[0], std::exp(-1.0), 1e-6);
}

TEST(SoftmaxWeights, WhatIsFarBelowIsNothing) {
  std::vector<float> x(20, -kInfinity), weights(20, 7.0F);
  x[3] = 1.0F;
  x[17] = -100.0F;
  EXPECT_EQ(softmax_weights(x.data(), 20, 1, weights.data()).total, 1.0);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(weights[i], i == 3 ? 1.0F : 0.0F);
}

TEST(SoftmaxWeights, BadValuesShowInTheTotal) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity}) {
    for (const size_t place : {0, 3, 18}) {
      std::vector<float> x(20, 0.5F);
      x[place] = bad;
      EXPECT_TRUE(std::isnan(softmax_weights(x.data(), 20, 1, x.data()).total)) << place;
    }
  }
  EXPECT_TRUE(std::isnan(
      softmax_weights(std::vector<float>(9, -kInfinity).data(), 9, 1, std::vector<float>(9).data())
          .total));
}

}  // namespace
}  // namespace plumbline::nn
