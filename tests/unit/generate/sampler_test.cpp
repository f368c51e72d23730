#include "plumbline/generate/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plumbline/base/error.h"

namespace plumbline::generate {
namespace {

const std::vector<float> kLogits = {1.0F, 3.0F, 2.0F, -1.0F};

Draw draw(const SamplingOptions& options, uint64_t index, int64_t position = 0) {
  return draw_token(kLogits.data(), 4, options, random_key(1, "test").at(index), position);
}

std::vector<double> frequencies(const SamplingOptions& options, int n = 20000) {
  std::vector<double> counts(4);
  for (int i = 0; i < n; ++i)
    counts[static_cast<size_t>(draw(options, static_cast<uint64_t>(i)).token)] += 1.0 / n;
  return counts;
}

std::vector<double> softmax(double temperature) {
  std::vector<double> p;
  double sum = 0;
  for (const float z : kLogits) sum += std::exp(z / temperature);
  for (const float z : kLogits) p.push_back(std::exp(z / temperature) / sum);
  return p;
}

TEST(DrawToken, FollowsTheSoftmaxAtItsTemperature) {
  for (const double temperature : {1.0, 0.5, 2.0}) {
    const auto expected = softmax(temperature), seen = frequencies({.temperature = temperature});
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(seen[i], expected[i], 0.015);
  }
}

TEST(DrawToken, LogprobIsOfTheWholeVocabulary) {
  for (uint64_t i = 0; i < 20; ++i) {
    const Draw d = draw({.temperature = 0.5, .top_k = 2}, i);
    EXPECT_NEAR(d.logprob, std::log(softmax(0.5)[static_cast<size_t>(d.token)]), 1e-5);
  }
}

TEST(DrawToken, ZeroTemperatureIsTheMostLikely) {
  EXPECT_EQ(draw({.temperature = 0}, 0).token, 1);
  EXPECT_NEAR(draw({.temperature = 0}, 0).logprob, std::log(softmax(1)[1]), 1e-5);
  EXPECT_EQ(draw({.temperature = 1e-4}, 5).token, 1);
}

TEST(DrawToken, ZeroTemperatureTellsNeighboursApart) {
  const float low = 0.1F, high = std::nextafter(low, 1.0F);
  const std::vector<float> close = {high, low, high, low}, behind = {low, high, low, high};
  EXPECT_EQ(draw_token(close.data(), 4, {.temperature = 0}, random_key(1, "x"), 0).token, 0);
  EXPECT_EQ(draw_token(behind.data(), 4, {.temperature = 0}, random_key(1, "x"), 0).token, 1);
  for (const double temperature : {1.0, 1e-20, 1e-300}) {
    const SamplingOptions one{.temperature = temperature, .top_k = 1};
    EXPECT_EQ(draw_token(behind.data(), 4, one, random_key(1, "x"), 0).token, 1) << temperature;
  }
}

TEST(DrawToken, LogprobCountsForbiddenTokens) {
  const SamplingOptions barred{.temperature = 0.5, .forbidden = {1}};
  EXPECT_NEAR(
      draw_token(kLogits.data(), 4, {.temperature = 0, .forbidden = {1}}, random_key(1, "x"), 0)
          .logprob,
      std::log(softmax(1)[2]), 1e-5);
  const Draw d = draw_token(kLogits.data(), 4, barred, random_key(1, "x"), 0);
  EXPECT_NEAR(d.logprob, std::log(softmax(0.5)[static_cast<size_t>(d.token)]), 1e-5);
}

TEST(DrawToken, TopKAndTopPCutTheTail) {
  const auto k = frequencies({.top_k = 2});
  EXPECT_EQ(k[0] + k[3], 0);
  EXPECT_NEAR(k[1], softmax(1)[1] / (softmax(1)[1] + softmax(1)[2]), 0.015);
  const auto p = frequencies({.top_p = 0.7});  // the first alone has 0.64, the first two 0.88
  EXPECT_EQ(p[0] + p[3], 0);
  EXPECT_GT(p[2], 0);
  EXPECT_NEAR(frequencies({.top_p = 0.5})[1], 1, 1e-9);  // a sum of shares
  EXPECT_NEAR(frequencies({.top_p = 1.0})[3], softmax(1)[3], 0.01);
}

TEST(DrawToken, ForbiddenAndEarlyEndTokensAreNeverDrawn) {
  EXPECT_EQ(frequencies({.forbidden = {1, 99, -1}}, 500)[1], 0);
  EXPECT_EQ(draw({.temperature = 0, .forbidden = {1}}, 0).token, 2);
  // A forbidden token far above the rest must not leave them all without probability.
  const std::vector<float> steep = {-500.0F, 900.0F, -490.0F, -495.0F};
  for (const double temperature : {0.0, 0.01, 1.0}) {
    const SamplingOptions barred{.temperature = temperature, .forbidden = {1}};
    EXPECT_EQ(draw_token(steep.data(), 4, barred, random_key(1, "steep"), 0).token, 2);
  }
  const SamplingOptions early{.temperature = 0, .min_tokens = 2, .end_token = 1};
  EXPECT_EQ(draw(early, 0, 0).token, 2);
  EXPECT_EQ(draw(early, 0, 1).token, 2);
  EXPECT_EQ(draw(early, 0, 2).token, 1);
}

TEST(DrawToken, DependsOnKeyAndPositionAlone) {
  EXPECT_EQ(draw({}, 3, 4).token, draw({}, 3, 4).token);
  bool differs = false;
  for (int64_t t = 0; t < 30; ++t)
    differs |= draw({.temperature = 3}, 3, t).token != draw({.temperature = 3}, 3, 0).token;
  EXPECT_TRUE(differs);
}

TEST(DrawToken, NanIsAnError) {
  const std::vector<float> bad = {0, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THROW(draw_token(bad.data(), 2, {}, random_key(1, "x"), 0), NumericError);
}

}  // namespace
}  // namespace plumbline::generate
