#include "plumbline/config/llava_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace plumbline::config {
namespace {

using Problems = std::vector<std::string>;

constexpr int64_t kMostRows = 1 << 28, kWidest = 1 << 20, kMostLayers = 4096;

void check_positive(Problems& problems, std::string_view name, double value) {
  if (!(value > 0)) problems.push_back(fmt::format("{} = {}: expected above 0", name, value));
}

// Far above every model there is, and low enough that products of two do not overflow.
void check_at_most(Problems& problems, std::string_view name, int64_t value, int64_t most) {
  if (value > most) {
    problems.push_back(fmt::format("{} = {}: expected at most {}", name, value, most));
  }
}

void check_divides(Problems& problems, std::string_view part_name, int64_t part,
                   std::string_view whole_name, int64_t whole) {
  if (part > 0 && whole % part != 0) {
    problems.push_back(
        fmt::format("{} = {}: expected a divisor of {} = {}", part_name, part, whole_name, whole));
  }
}

// `lowest` is -1 for a token that a model may lack.
void check_token(Problems& problems, std::string_view name, int64_t id, int64_t lowest,
                 int64_t vocab_size) {
  if (id < lowest || id >= vocab_size) {
    problems.push_back(fmt::format("{} = {}: expected {} to {} (text.vocab_size = {})", name, id,
                                   lowest, vocab_size - 1, vocab_size));
  }
}

void check_rope(Problems& problems, const LlamaConfig& c) {
  const RopeScaling& rope = c.rope_scaling;
  check_positive(problems, "text.rope_theta", c.rope_theta);
  if (rope.kind == RopeKind::Default) return;
  check_positive(problems, "text.rope_scaling.factor", rope.factor);
  if (rope.kind == RopeKind::Dynamic && c.head_dim == 2) {
    problems.push_back("text.head_dim = 2: expected at least 4 for dynamic rotary scaling");
  }
  if (rope.kind != RopeKind::Llama3 && rope.kind != RopeKind::Yarn) return;
  check_positive(problems, "text.rope_scaling.original_max_positions",
                 static_cast<double>(rope.original_max_positions));
  check_positive(problems, "text.rope_scaling.attention_factor", rope.attention_factor);
  check_positive(problems, "text.rope_scaling.beta_slow", rope.beta_slow);
  check_positive(problems, "text.rope_scaling.beta_fast", rope.beta_fast);
  check_positive(problems, "text.rope_scaling.low_freq_factor", rope.low_freq_factor);
  if (!(rope.high_freq_factor > rope.low_freq_factor)) {
    problems.push_back(
        fmt::format("text.rope_scaling.high_freq_factor = {}: expected above low_freq_factor = {}",
                    rope.high_freq_factor, rope.low_freq_factor));
  }
}

void check_text(Problems& problems, const LlamaConfig& c) {
  check_positive(problems, "text.vocab_size", static_cast<double>(c.vocab_size));
  check_positive(problems, "text.hidden_size", static_cast<double>(c.hidden_size));
  check_positive(problems, "text.intermediate_size", static_cast<double>(c.intermediate_size));
  check_positive(problems, "text.num_layers", static_cast<double>(c.num_layers));
  check_positive(problems, "text.num_heads", static_cast<double>(c.num_heads));
  check_positive(problems, "text.num_kv_heads", static_cast<double>(c.num_kv_heads));
  check_positive(problems, "text.head_dim", static_cast<double>(c.head_dim));
  check_positive(problems, "text.max_positions", static_cast<double>(c.max_positions));
  check_at_most(problems, "text.vocab_size", c.vocab_size, kMostRows);
  check_at_most(problems, "text.hidden_size", c.hidden_size, kWidest);
  check_at_most(problems, "text.intermediate_size", c.intermediate_size, kWidest);
  check_at_most(problems, "text.num_layers", c.num_layers, kMostLayers);
  check_at_most(problems, "text.num_heads", c.num_heads, kWidest);
  check_at_most(problems, "text.head_dim", c.head_dim, kWidest);
  check_positive(problems, "text.rms_norm_eps", c.rms_norm_eps);
  check_rope(problems, c);
  if (c.sliding_window < 0) {
    problems.push_back(
        fmt::format("text.sliding_window = {}: expected at least 0", c.sliding_window));
  }
  check_divides(problems, "text.num_kv_heads", c.num_kv_heads, "text.num_heads", c.num_heads);
  if (c.head_dim % 2 != 0) {
    problems.push_back(fmt::format("text.head_dim = {}: expected an even number", c.head_dim));
  }
  check_token(problems, "text.begin_token", c.begin_token, -1, c.vocab_size);
  check_token(problems, "text.end_token", c.end_token, 0, c.vocab_size);
}

void check_vision(Problems& problems, const VisionConfig& c) {
  check_positive(problems, "vision.image_size", static_cast<double>(c.image_size));
  check_positive(problems, "vision.patch_size", static_cast<double>(c.patch_size));
  check_positive(problems, "vision.hidden_size", static_cast<double>(c.hidden_size));
  check_positive(problems, "vision.intermediate_size", static_cast<double>(c.intermediate_size));
  check_positive(problems, "vision.num_layers", static_cast<double>(c.num_layers));
  check_positive(problems, "vision.num_heads", static_cast<double>(c.num_heads));
  check_at_most(problems, "vision.image_size", c.image_size, kWidest);
  check_at_most(problems, "vision.patch_size", c.patch_size, kWidest);
  check_at_most(problems, "vision.hidden_size", c.hidden_size, kWidest);
  check_at_most(problems, "vision.intermediate_size", c.intermediate_size, kWidest);
  check_at_most(problems, "vision.num_layers", c.num_layers, kMostLayers);
  check_positive(problems, "vision.layer_norm_eps", c.layer_norm_eps);
  if (c.kind == TowerKind::Clip) {
    check_divides(problems, "vision.patch_size", c.patch_size, "vision.image_size", c.image_size);
  } else if (c.patch_size > c.image_size) {
    problems.push_back(fmt::format("vision.patch_size = {}: expected at most image_size = {}",
                                   c.patch_size, c.image_size));
  }
  check_divides(problems, "vision.num_heads", c.num_heads, "vision.hidden_size", c.hidden_size);
}

void check_images(Problems& problems, const LlavaConfig& c) {
  check_vision(problems, c.vision);
  if (c.image_token != kSplicedImageToken) {
    check_token(problems, "image_token", c.image_token, 0, c.text.vocab_size);
    if (c.projector == ProjectorKind::Linear) {
      problems.push_back(fmt::format("image_token = {}: expected {} with a linear projector",
                                     c.image_token, kSplicedImageToken));
    }
  }
  const int64_t num_layers = c.vision.num_layers;
  const int64_t blocks = num_tower_blocks(c);
  if (blocks < 0 || blocks > num_layers) {
    problems.push_back(fmt::format("select_layer = {}: expected {} to {} (vision.num_layers = {})",
                                   c.select_layer, -num_layers - 1, num_layers, num_layers));
  }
  if (c.image_rows() >= longest_sequence(c.text)) {
    problems.push_back(fmt::format("text.max_positions = {}: expected more than an image's {} rows",
                                   c.text.max_positions, c.image_rows()));
  }
}

}  // namespace

std::string problem(const LlavaConfig& config) {
  Problems problems;
  check_text(problems, config.text);
  if (config.takes_images()) {
    check_images(problems, config);
  } else if (config.vision != VisionConfig{}) {
    problems.push_back(
        fmt::format("image_token = {}: expected an id, as there is a tower", config.image_token));
  }
  return fmt::format("{}", fmt::join(problems, "; "));
}

int64_t num_tower_blocks(const LlavaConfig& config) {
  const int64_t layer = config.select_layer;
  return layer < 0 ? config.vision.num_layers + 1 + layer : layer;
}

int64_t longest_sequence(const LlamaConfig& config) {
  const RopeScaling& rope = config.rope_scaling;
  const auto stretched = [&](int64_t positions) {
    const double longest = std::floor(static_cast<double>(positions) * rope.factor);
    return std::max(config.max_positions, static_cast<int64_t>(std::min(longest, 1e15)));
  };
  switch (rope.kind) {
    case RopeKind::Linear:
    case RopeKind::Dynamic:
      return stretched(config.max_positions);
    case RopeKind::Yarn:
      return stretched(rope.original_max_positions);
    case RopeKind::Default:
    case RopeKind::Llama3:
      break;
  }
  return config.max_positions;
}

}  // namespace plumbline::config
