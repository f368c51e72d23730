#include "plumbline/checkpoint/adapter_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <regex>
#include <set>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/json_fields.h"

namespace plumbline::checkpoint {
namespace {

using nlohmann::json;

// Options that are read here, or cannot change what the stored tensors compute.
const std::set<std::string>& harmless_options() {
  static const std::set<std::string> names = {"peft_type",
                                              "r",
                                              "lora_alpha",
                                              "lora_dropout",
                                              "use_rslora",
                                              "bias",
                                              "target_modules",
                                              "exclude_modules",
                                              "init_lora_weights",
                                              "task_type",
                                              "inference_mode",
                                              "revision",
                                              "base_model_name_or_path",
                                              "auto_mapping",
                                              "peft_version",
                                              "megatron_core",
                                              "qalora_group_size",
                                              "loftq_config",
                                              "eva_config",
                                              "runtime_config",
                                              "ensure_weight_tying"};
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
    static const std::regex pattern(R"(.*\(([\w|]+)\))");
    std::smatch match;
    const auto text = value.get<std::string>();
    if (!std::regex_match(text, match, pattern)) return {};
    std::istringstream parts(match.str(1));
    for (std::string name; std::getline(parts, name, '|');) names.push_back(name);
  }
  return names;
}

// PEFT writes 16, not 16.0.
json short_number(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? json(static_cast<int64_t>(value))
                                                              : json(value);
}

}  // namespace

nn::AdapterSpec read_adapter_config(const std::string& file) {
  const JsonFields fields = JsonFields::read(file);
  check_options(fields);
  nn::AdapterSpec spec;
  spec.rank = fields.integer("r", 0);
  spec.alpha = fields.number("lora_alpha", 8);
  spec.dropout = fields.number("lora_dropout", 0);
  spec.targets = target_names(fields);
  spec.rslora = fields.flag("use_rslora", false);
  if (spec.rank < 1) fields.fail("r", "at least 1");
  if (!(spec.dropout >= 0 && spec.dropout < 1)) fields.fail("lora_dropout", "a number in [0, 1)");
  return spec;
}

std::string adapter_config_text(const nn::AdapterSpec& spec, const std::string& base) {
  const std::string targets =
      fmt::format(R"(.*language_model.*\.({}))", fmt::join(spec.targets, "|"));
  const json text = {{"peft_type", "LORA"},
                     {"task_type", "CAUSAL_LM"},
                     {"r", spec.rank},
                     {"lora_alpha", short_number(spec.alpha)},
                     {"lora_dropout", spec.dropout},
                     {"use_rslora", spec.rslora},
                     {"bias", "none"},
                     {"target_modules", targets},
                     {"fan_in_fan_out", false},
                     {"inference_mode", true},
                     {"init_lora_weights", true},
                     {"modules_to_save", nullptr},
                     {"layers_to_transform", nullptr},
                     {"base_model_name_or_path", base}};
  return text.dump(2) + "\n";
}

}  // namespace plumbline::checkpoint
