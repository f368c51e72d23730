#include "plumbline/nn/rotary_frequencies.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::nn {
namespace {

using config::RopeKind;

// Heads of 8: four pairs that turn by 1, 0.1, 0.01 and 0.001 a position.
config::LlamaConfig plain() { return {.head_dim = 8, .rope_theta = 10000, .max_positions = 100}; }

std::vector<double> frequencies(const config::RopeScaling& scaling, int64_t length = 10) {
  config::LlamaConfig config = plain();
  config.rope_scaling = scaling;
  return rotary_frequencies(config, length).per_position;
}

void expect_close(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i] / expected[i], 1, 1e-12) << i;
}

TEST(RotaryFrequencies, FallByPowersOfTheta) {
  expect_close(frequencies({}), {1, 0.1, 0.01, 0.001});
  EXPECT_EQ(rotary_frequencies(plain(), 10).attention_factor, 1);
}

TEST(RotaryFrequencies, LinearDividesAll) {
  expect_close(frequencies({.kind = RopeKind::Linear, .factor = 4}),
               {0.25, 0.025, 0.0025, 0.00025});
}

// theta grows by (factor * length / trained - (factor - 1))^(8/6): here by 3^(4/3).
TEST(RotaryFrequencies, DynamicGrowsThetaBehindTheTrainedLength) {
  const config::RopeScaling dynamic{.kind = RopeKind::Dynamic, .factor = 2};
  expect_close(frequencies(dynamic, 100), {1, 0.1, 0.01, 0.001});
  const double theta = 10000 * std::pow(3, 4.0 / 3);
  expect_close(frequencies(dynamic, 200),
               {1, std::pow(theta, -0.25), std::pow(theta, -0.5), std::pow(theta, -0.75)});
}

// In 628.3 positions the pairs make 100, 10, 1 and 0.1 turns.
TEST(RotaryFrequencies, Llama3KeepsFastPairsAndStretchesSlowOnes) {
  config::RopeScaling llama3{.kind = RopeKind::Llama3,
                             .factor = 8,
                             .original_max_positions = 6283,
                             .low_freq_factor = 5,
                             .high_freq_factor = 200};
  const double turns = 6283 * 0.1 / (2 * M_PI), kept = (turns - 5) / 195;  // about 100 turns
  const double slow = (6283 * 0.01 / (2 * M_PI) - 5) / 195;
  expect_close(frequencies(llama3),
               {1, 0.1 * (kept + (1 - kept) / 8), 0.01 * (slow + (1 - slow) / 8), 0.001 / 8});
}

TEST(RotaryFrequencies, YarnRampsBetweenItsTwoElements) {
  config::RopeScaling yarn{.kind = RopeKind::Yarn,
                           .factor = 4,
                           .original_max_positions = 628,
                           .beta_fast = 10,
                           .beta_slow = 0.5,
                           .truncate = false,
                           .attention_factor = 1.25};
  const auto element = [](double turns) {
    return 8 * std::log(628 / (turns * 2 * M_PI)) / (2 * std::log(10000));
  };
  const double first = element(10), last = element(0.5);  // about 1 and 2.3
  const auto factor = [&](double i) {
    const double ramp = std::min(1.0, std::max(0.0, (i - first) / (last - first)));
    return ramp / 4 + 1 - ramp;
  };
  expect_close(frequencies(yarn), {1, 0.1 * factor(1), 0.01 * factor(2), 0.001 / 4});
  yarn.truncate = true;
  const double middle = (2.0 - std::floor(first)) / (std::ceil(last) - std::floor(first));
  EXPECT_NEAR(frequencies(yarn)[2], 0.01 * (middle / 4 + 1 - middle), 1e-12);
  config::LlamaConfig config = plain();
  config.rope_scaling = yarn;
  EXPECT_EQ(rotary_frequencies(config, 10).attention_factor, 1.25);
}

}  // namespace
}  // namespace plumbline::nn
