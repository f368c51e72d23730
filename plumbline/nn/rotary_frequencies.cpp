#include "plumbline/nn/rotary_frequencies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace plumbline::nn {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

std::vector<double> plain(double theta, int64_t head_dim) {
  std::vector<double> frequencies;
  for (int64_t i = 0; i < head_dim / 2; ++i) {
    frequencies.push_back(
        std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(head_dim)));
  }
  return frequencies;
}

// The theta at which a sequence longer than the model was trained for turns its slowest pair no
// further than the longest trained one did.
double dynamic_theta(const config::LlamaConfig& c, int64_t length) {
  if (length <= c.max_positions) return c.rope_theta;
  const double factor = c.rope_scaling.factor, dim = static_cast<double>(c.head_dim);
  const double ratio = static_cast<double>(length) / static_cast<double>(c.max_positions);
  return c.rope_theta * std::pow(factor * ratio - (factor - 1), dim / (dim - 2));
}

// Fast turns are kept, slow ones stretched; `turns` counts full turns in the original positions.
double llama3_frequency(double frequency, const config::RopeScaling& rope) {
  const double turns = static_cast<double>(rope.original_max_positions) * frequency / kTurn;
  if (turns < rope.low_freq_factor) return frequency / rope.factor;
  if (turns > rope.high_freq_factor) return frequency;
  const double kept =
      (turns - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor);
  return (1 - kept) * frequency / rope.factor + kept * frequency;
}

// The element, as a fraction, that makes `turns` full turns in the original positions.
double element_of(double turns, const config::LlamaConfig& c) {
  const auto positions = static_cast<double>(c.rope_scaling.original_max_positions);
  return static_cast<double>(c.head_dim) * std::log(positions / (turns * kTurn)) /
         (2 * std::log(c.rope_theta));
}

void apply_yarn(std::vector<double>& frequencies, const config::LlamaConfig& c) {
  const config::RopeScaling& rope = c.rope_scaling;
  double first = element_of(rope.beta_fast, c), last = element_of(rope.beta_slow, c);
  if (rope.truncate) {
    first = std::floor(first);
    last = std::ceil(last);
  }
  first = std::max(first, 0.0);
  last = std::min(last, static_cast<double>(c.head_dim) - 1);
  if (first == last) last += 0.001;  // as transformers does, against a division by zero
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const double stretched = std::clamp((static_cast<double>(i) - first) / (last - first), 0., 1.);
    frequencies[i] *= stretched / rope.factor + (1 - stretched);
  }
}

}  // namespace

RotaryFrequencies rotary_frequencies(const config::LlamaConfig& config, int64_t length) {
  const config::RopeScaling& rope = config.rope_scaling;
  const bool is_dynamic = rope.kind == config::RopeKind::Dynamic;
  RotaryFrequencies result{
      .per_position =
          plain(is_dynamic ? dynamic_theta(config, length) : config.rope_theta, config.head_dim)};
  switch (rope.kind) {
    case config::RopeKind::Default:
    case config::RopeKind::Dynamic:
      break;
    case config::RopeKind::Linear:
      for (double& frequency : result.per_position) frequency /= rope.factor;
      break;
    case config::RopeKind::Llama3:
      for (double& frequency : result.per_position) frequency = llama3_frequency(frequency, rope);
      break;
    case config::RopeKind::Yarn:
      apply_yarn(result.per_position, config);
      result.attention_factor = rope.attention_factor;
      break;
  }
  return result;
}

}  // namespace plumbline::nn
