#include "plumbline/checkpoint/adapter_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <set>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/pattern.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/text/normalizer.h"

namespace plumbline::checkpoint {
namespace {

constexpr int64_t kHighestRank = 1 << 16;
constexpr double kLargestAlpha = 1e9;
constexpr const char* kProjector = "multi_modal_projector";
constexpr const char* kOldProjector = "mm_projector";  // in the original layout

using nlohmann::json;

// Options that are read here, or cannot change what the stored tensors compute.
const std::set<std::string>& harmless_options() {
  static const std::set<std::string> names = {
      "peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora", "bias",
      "target_modules", "exclude_modules", "init_lora_weights", "task_type", "inference_mode",
      "revision", "base_model_name_or_path", "auto_mapping", "peft_version", "megatron_core",
      "qalora_group_size", "loftq_config", "eva_config", "runtime_config", "ensure_weight_tying",
      // The tensors show their effect.
      "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "modules_to_save"};
  return names;
}

// null, false, "", [] and {} all leave an option off.
bool is_off(const json& value) {
  return value.is_null() || value == false || value == "" ||
         (value.is_structured() && value.empty());
}

void check_options(const JsonFields& fields) {
  for (const auto& [name, value] : fields.raw().items()) {
    if (!harmless_options().contains(name) && !is_off(value)) {
      fields.fail(name, "this option to be off, as Plumbline does not support it");
    }
  }
  fields.require_text("peft_type", "LORA");
  fields.require_text("bias", "none");
  // Methods that also change the base weights would give another model here.
  if (fields.has("init_lora_weights")) {
    const json& init = fields.raw().at("init_lora_weights");
    if (!init.is_boolean() && init != "gaussian" && init != "orthogonal" && init != "eva") {
      fields.fail("init_lora_weights", "true, false, gaussian, orthogonal or eva");
    }
  }
}

std::vector<std::string> target_names(const JsonFields& fields) {
  std::vector<std::string> names;
  const json value = fields.raw().value("target_modules", json());
  if (value.is_array()) {
    for (const json& name : value) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  } else if (value.is_string()) {
    static const Pattern pattern(R"(.*\(([\w|]+)\))");
    const auto match = pattern.match(value.get<std::string>());
    if (!match) return {};
    std::istringstream parts(match->at(1));
    for (std::string name; std::getline(parts, name, '|');) names.push_back(name);
  }
  return names;
}

// The patterns of an object, which apply in the order of the file.
template <class Value>
Patterns<Value> read_patterns(const JsonFields& fields, const nlohmann::ordered_json& ordered,
                              const std::string& name, Value most) {
  Patterns<Value> patterns;
  if (!fields.has(name)) return patterns;
  const JsonFields object = fields.object(name);
  for (const auto& [pattern, value] : ordered.at(name).items()) {
    Value number = 0;
    if constexpr (std::is_integral_v<Value>) {
      number = object.integer(pattern, 0);
    } else {
      number = object.number(pattern, 0);
    }
    if (!(number > 0 && number <= most)) {
      object.fail(pattern, fmt::format("above 0 and at most {}", most));
    }
    patterns.emplace_back(pattern, number);
  }
  return patterns;
}

std::vector<std::string> saved_modules(const JsonFields& fields) {
  std::vector<std::string> modules;
  if (!fields.has("modules_to_save")) return modules;
  for (const json& value : fields.raw().at("modules_to_save")) {
    const std::string path = value.is_string() ? value.get<std::string>() : "";
    const std::string name = path.substr(path.find_last_of('.') + 1);
    if (name != "embed_tokens" && name != "lm_head" && name != kProjector &&
        name != kOldProjector) {
      fields.fail("modules_to_save",
                  "modules among embed_tokens, lm_head and multi_modal_projector");
    }
    modules.push_back(name == kOldProjector ? kProjector : name);
  }
  return modules;
}

// Names and paths as alternatives of a regular expression.
std::string alternatives(const std::vector<std::string>& names) {
  return text::replaced(fmt::format("({})", fmt::join(names, "|")), ".", R"(\.)");
}

json target_modules(const nn::AdapterSpec& spec, Layout layout) {
  switch (layout) {
    case Layout::Text:
      break;
    case Layout::Llava:
      return R"(.*language_model.*\.)" + alternatives(spec.targets);
    case Layout::Original:
      return R"(model\.(layers\..*\.)?)" + alternatives(spec.targets);
  }
  return spec.targets;
}

json saved_modules_json(const nn::AdapterSpec& spec, Layout layout) {
  if (spec.saved_modules.empty()) return nullptr;
  json names = spec.saved_modules;
  for (json& name : names) {
    if (layout == Layout::Original && name == kProjector) name = kOldProjector;
  }
  return names;
}

// PEFT writes 16, not 16.0.
json short_number(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? json(static_cast<int64_t>(value))
                                                              : json(value);
}

}  // namespace

AdapterConfig read_adapter_config(const std::string& file) {
  const JsonFields fields = JsonFields::read(file);
  check_options(fields);
  const auto ordered = nlohmann::ordered_json::parse(read_file(file));
  AdapterConfig config{.spec = {},
                       .ranks = read_patterns(fields, ordered, "rank_pattern", kHighestRank),
                       .alphas = read_patterns(fields, ordered, "alpha_pattern", kLargestAlpha)};
  nn::AdapterSpec& spec = config.spec;
  spec.rank = fields.integer("r", 0);
  spec.alpha = fields.number("lora_alpha", 8);
  spec.dropout = fields.number("lora_dropout", 0);
  spec.targets = target_names(fields);
  spec.rslora = fields.flag("use_rslora", false);
  spec.dora = fields.flag("use_dora", false);
  spec.saved_modules = saved_modules(fields);
  if (spec.rank < 1 || spec.rank > kHighestRank) {
    fields.fail("r", fmt::format("from 1 to {}", kHighestRank));
  }
  if (!(std::abs(spec.alpha) < kLargestAlpha)) fields.fail("lora_alpha", "a number below 1e9");
  if (!(spec.dropout >= 0 && spec.dropout < 1)) fields.fail("lora_dropout", "a number in [0, 1)");
  return config;
}

bool matches_end(const std::string& pattern, const std::string& module) {
  try {
    return Pattern("(.*\\.)?(" + pattern + ")").match(module).has_value();
  } catch (const DataError&) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading an adapter's rank_pattern or alpha_pattern",
                           .expected = "regular expressions",
                           .got = "'" + pattern + "'"});
  }
}

std::string adapter_config_text(const nn::AdapterSpec& spec, const std::string& base,
                                Layout layout) {
  json alphas = json::object();
  for (const auto& [path, alpha] : spec.alpha_pattern) alphas[path] = short_number(alpha);
  const json text = {{"peft_type", "LORA"},
                     {"task_type", "CAUSAL_LM"},
                     {"r", spec.rank},
                     {"lora_alpha", short_number(spec.alpha)},
                     {"lora_dropout", spec.dropout},
                     {"use_rslora", spec.rslora},
                     {"use_dora", spec.dora},
                     {"bias", "none"},
                     {"target_modules", target_modules(spec, layout)},
                     {"rank_pattern", spec.rank_pattern},
                     {"alpha_pattern", alphas},
                     {"fan_in_fan_out", false},
                     {"inference_mode", true},
                     {"init_lora_weights", true},
                     {"modules_to_save", saved_modules_json(spec, layout)},
                     {"layers_to_transform", nullptr},
                     {"base_model_name_or_path", base}};
  return text.dump(2) + "\n";
}

}  // namespace plumbline::checkpoint
