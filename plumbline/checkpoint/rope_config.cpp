#include "plumbline/checkpoint/rope_config.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace plumbline::checkpoint {
namespace {

using config::RopeKind;
using nlohmann::json;

constexpr std::pair<const char*, RopeKind> kKinds[] = {{"default", RopeKind::Default},
                                                       {"linear", RopeKind::Linear},
                                                       {"dynamic", RopeKind::Dynamic},
                                                       {"llama3", RopeKind::Llama3},
                                                       {"yarn", RopeKind::Yarn}};

RopeKind read_kind(const JsonFields& rope) {
  const std::string field = rope.has("rope_type") ? "rope_type" : "type";
  const std::string name = rope.text(field, "default");
  for (const auto& [known, kind] : kKinds) {
    if (name == known) return kind;
  }
  rope.fail(field, "default, linear, dynamic, llama3 or yarn");
}

// An option that nobody reads would give other angles without a word.
void check_options(const JsonFields& rope) {
  static const std::set<std::string> known = {
      "rope_type",        "type",
      "rope_theta",       "factor",
      "finetuned",        "original_max_position_embeddings",
      "attention_factor", "beta_fast",
      "beta_slow",        "mscale",
      "mscale_all_dim",   "truncate",
      "low_freq_factor",  "high_freq_factor"};
  for (const auto& [name, value] : rope.raw().items()) {
    if (name == "partial_rotary_factor") {
      if (rope.number(name, 1) != 1) rope.fail(name, "1, as heads are rotated whole");
    } else if (!known.contains(name) && !value.is_null()) {
      rope.fail(name, "an option of rotary scaling that Plumbline knows");
    }
  }
}

double required(const JsonFields& rope, const std::string& name) {
  if (!rope.has(name)) rope.fail(name, "a number");
  return rope.number(name, 0);
}

// A number that 0 leaves at its default, too.
double number_or(const JsonFields& rope, const std::string& name, double fallback) {
  const double value = rope.number(name, fallback);
  return value == 0 ? fallback : value;
}

double attention_factor(const JsonFields& rope, double factor) {
  if (rope.has("attention_factor")) return rope.number("attention_factor", 1);
  const double one = rope.number("mscale", 0), all = rope.number("mscale_all_dim", 0);
  if (one == 0 || all == 0) return yarn_magnitude(factor, 1);
  return yarn_magnitude(factor, one) / yarn_magnitude(factor, all);
}

void read_yarn(const JsonFields& rope, const config::LlamaConfig& config,
               config::RopeScaling& scaling) {
  if (!rope.has("factor") && scaling.original_max_positions > 0) {
    scaling.factor = static_cast<double>(config.max_positions) /
                     static_cast<double>(scaling.original_max_positions);
  }
  scaling.attention_factor = attention_factor(rope, scaling.factor);
  scaling.beta_fast = number_or(rope, "beta_fast", 32);
  scaling.beta_slow = number_or(rope, "beta_slow", 1);
  scaling.truncate = rope.flag("truncate", true);
}

}  // namespace

double yarn_magnitude(double factor, double weight) {
  return factor <= 1 ? 1 : 0.1 * weight * std::log(factor) + 1;
}

void read_rope(const JsonFields& fields, config::LlamaConfig& config) {
  if (fields.number("partial_rotary_factor", 1) != 1) {
    fields.fail("partial_rotary_factor", "1, as heads are rotated whole");
  }
  const JsonFields older = fields.object("rope_scaling");
  const JsonFields rope = older.raw().empty() ? fields.object("rope_parameters") : older;
  check_options(rope);
  config.rope_theta = rope.number("rope_theta", fields.number("rope_theta", 10000));
  config::RopeScaling scaling{.kind = read_kind(rope)};
  const bool is_yarn = scaling.kind == RopeKind::Yarn;
  if (scaling.kind == RopeKind::Default) {
    config.rope_scaling = scaling;
    return;
  }
  if (!is_yarn || rope.has("factor")) scaling.factor = required(rope, "factor");
  if (is_yarn || scaling.kind == RopeKind::Llama3) {
    const char* original = "original_max_position_embeddings";
    scaling.original_max_positions =
        fields.integer(original, rope.integer(original, config.max_positions));
  }
  if (scaling.kind == RopeKind::Llama3) {
    scaling.low_freq_factor = required(rope, "low_freq_factor");
    scaling.high_freq_factor = required(rope, "high_freq_factor");
  }
  if (is_yarn) read_yarn(rope, config, scaling);
  config.rope_scaling = scaling;
}

void write_rope(const config::LlamaConfig& config, json& text) {
  const config::RopeScaling& scaling = config.rope_scaling;
  text["rope_theta"] = config.rope_theta;
  if (scaling.kind == RopeKind::Default) return;
  json rope = {{"factor", scaling.factor}};
  for (const auto& [name, kind] : kKinds) {
    if (kind == scaling.kind) rope["rope_type"] = name;
  }
  if (scaling.kind == RopeKind::Llama3) {
    rope["low_freq_factor"] = scaling.low_freq_factor;
    rope["high_freq_factor"] = scaling.high_freq_factor;
  }
  if (scaling.kind == RopeKind::Yarn) {
    rope["attention_factor"] = scaling.attention_factor;
    rope["beta_fast"] = scaling.beta_fast;
    rope["beta_slow"] = scaling.beta_slow;
    rope["truncate"] = scaling.truncate;
  }
  if (scaling.original_max_positions > 0) {
    rope["original_max_position_embeddings"] = scaling.original_max_positions;
  }
  text["rope_scaling"] = rope;
}

}  // namespace plumbline::checkpoint
