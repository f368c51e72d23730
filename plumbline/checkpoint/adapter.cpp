#include "plumbline/checkpoint/adapter.h"

#include <fmt/format.h>
#include <torch/types.h>

#include <regex>
#include <set>
#include <string_view>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/adapter_config.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/checkpoint/weight_names.h"

namespace plumbline::checkpoint {
namespace {

constexpr const char* kConfig = "adapter_config.json";
constexpr const char* kTensors = "adapter_model.safetensors";
constexpr const char* kHead = "reward_head.safetensors";
constexpr std::string_view kPrefix = "base_model.model.";

// The name under which the model lists an adapter's tensor; a name of another kind as it is.
std::string model_name(const std::string& name) {
  static const std::regex pattern(R"(base_model\.model\.(.+)\.(lora_[AB])(\.[^.]+)?\.weight)");
  std::smatch match;
  if (!std::regex_match(name, match, pattern)) return name;
  return fmt::format("{}{}.{}.weight", kPrefix, classic_name(match.str(1)), match.str(2));
}

formats::Arrays model_arrays(const formats::SafetensorsFile& file) {
  formats::Arrays arrays;
  for (const auto& [spelling, array] : file.arrays()) {
    if (!arrays.emplace(model_name(spelling), array).second) {
      throw CheckpointError({.component = "checkpoint",
                             .doing = "reading an adapter",
                             .expected = "the tensors of one adapter",
                             .got = fmt::format("'{}' twice", model_name(spelling)),
                             .where = file.path()});
    }
  }
  return arrays;
}

CheckpointError bad_tensors(const std::string& got, const std::string& where) {
  return CheckpointError({.component = "checkpoint",
                          .doing = "reading an adapter",
                          .expected = "LoRA tensors of the language model's linear layers",
                          .got = got,
                          .where = where});
}

// The layers of a decoder block that the tensors belong to, in the config's order where that names
// the same ones.
std::vector<std::string> targets_of(const formats::Arrays& arrays,
                                    const std::vector<std::string>& configured,
                                    const std::string& where) {
  static const std::regex pattern(
      R"(base_model\.model\.language_model\.model\.layers\.\d+\.\w+\.(\w+)\.lora_[AB]\.weight)");
  std::set<std::string> targets;
  for (const auto& [name, array] : arrays) {
    std::smatch match;
    if (!std::regex_match(name, match, pattern)) {
      throw bad_tensors(fmt::format("'{}'", name), where);
    }
    targets.insert(match.str(1));
  }
  if (targets.empty()) throw bad_tensors("none", where);
  const bool agrees = targets == std::set<std::string>(configured.begin(), configured.end()) &&
                      targets.size() == configured.size();
  return agrees ? configured : std::vector<std::string>(targets.begin(), targets.end());
}

void check_present(const fs::path& folder) {
  if (fs::exists(folder / kTensors)) return;
  throw IoError({.component = "checkpoint",
                 .doing = "looking for an adapter",
                 .expected = kTensors,
                 .got = "none",
                 .where = folder.string(),
                 .hint = "save other formats as safetensors with peft first."});
}

}  // namespace

void save_adapter(const std::string& folder, model::Llava& model, const std::string& name,
                  const std::string& base) {
  const nn::AdapterSpec spec = model.adapter_spec(name);
  write_folder(folder, [&](const fs::path& aside) {
    save_tensors((aside / kTensors).string(), model.adapter_parameters(name));
    if (model.has_head(name)) save_tensors((aside / kHead).string(), model.head_parameters(name));
    write_file(aside / kConfig, adapter_config_text(spec, base));
  });
}

void load_adapter(const std::string& folder, model::Llava& model, const std::string& name) {
  const fs::path path(folder);
  check_present(path);
  nn::AdapterSpec spec = read_adapter_config((path / kConfig).string());
  const formats::SafetensorsFile file((path / kTensors).string());
  const formats::Arrays arrays = model_arrays(file);
  spec.targets = targets_of(arrays, spec.targets, file.path());
  const RandomKey init = random_key(0, "checkpoint.load_adapter");
  model.add_adapter(name, spec, init);
  try {
    restore(model.adapter_parameters(name), arrays, file.path(),
            "the adapter was made for a model of another shape, or its tensors do not agree with "
            "adapter_config.json.");
    if (fs::exists(path / kHead)) {
      model.add_head(name, init, true);
      restore(model.head_parameters(name), path / kHead);
    }
  } catch (...) {
    model.remove_adapter(name);
    throw;
  }
}

}  // namespace plumbline::checkpoint
