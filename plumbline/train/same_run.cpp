#include "plumbline/train/same_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/config/fields.h"

namespace plumbline::train {
namespace {

// Where a run lies and how often it saves may change when it is resumed.
bool may_change(const std::string& section, const std::string& key) {
  return section == "run" &&
         (key == "out" || key == "checkpoint_every" || key == "keep_checkpoints");
}

// Where a run lies, and the folder that its relative paths start from.
struct Place {
  fs::path out, working_folder;
  fs::path of(const std::string& path) const {
    std::error_code error;
    const fs::path whole = working_folder / path;
    fs::path plain = fs::weakly_canonical(whole, error);
    if (error) plain = whole.lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
  }
};

// However it is spelt. One that lies as before from the run's folder was moved together with it.
bool is_same_path(const std::string& before, const Place& then, const std::string& after,
                  const Place& now) {
  if (before.empty() || after.empty()) return before == after;
  const fs::path old_path = then.of(before), new_path = now.of(after);
  return old_path == new_path || old_path.lexically_relative(then.of(then.out)) ==
                                     new_path.lexically_relative(now.of(now.out));
}

// A setting that the program which began the run did not have is there with its default.
void check_same_config(const fs::path& run, const config::Config& now) {
  const fs::path stored = run / "config.toml";
  const config::Config before = config::load(stored.string(), {}).config;
  const std::string here = fs::current_path().string();
  const Place old_place{before.run.out, text_of_run(run, "folder", here)};
  const Place new_place{now.run.out, here};
  std::vector<std::string> old_values, new_values;
  for (const auto& section : config::sections()) {
    for (const auto& field : section.fields) {
      if (may_change(section.name, field.key)) continue;
      const auto old_value = field.get(before), new_value = field.get(now);
      const bool is_same = field.limits.path == config::PathKind::None
                               ? old_value == new_value
                               : is_same_path(std::get<std::string>(old_value), old_place,
                                              std::get<std::string>(new_value), new_place);
      if (is_same) continue;
      const auto shown = [&](const config::Value& value) {
        return fmt::format("{}.{} = {}", section.name, field.key, config::toml_text(value));
      };
      old_values.push_back(shown(old_value));
      new_values.push_back(shown(new_value));
    }
  }
  if (new_values.empty()) return;
  throw ConfigError(Complaint{
      .component = "run",
      .doing = "resuming",
      .expected =
          fmt::format("the config the run was started with: {}", fmt::join(old_values, "; ")),
      .got = fmt::format("other values: {}", fmt::join(new_values, "; ")),
      .where = stored.string(),
      .hint = "resume with the same --config and --set; to start anew, remove the run's folder."});
}

// Of a file, or of the files in a folder.
std::string hash_of(const fs::path& path) {
  if (!fs::is_directory(path)) return content_hash(path);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ContentHash hash;
  for (const auto& file : files) {
    hash.add(file.filename().string());
    hash.add(content_hash(file));
  }
  return hash.hex();
}

// "input 2, PATH" for a numbered one that is still given.
std::string name_of_input(const std::string& key, const std::vector<std::string>& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (key == fmt::format("input {}", i + 1)) return key + ", " + inputs[i];
  }
  return key;
}

void check_same_inputs(const fs::path& path, const config::Config& config,
                       const std::vector<std::string>& inputs) {
  const auto run = read_run_json(path);
  if (!run.contains("inputs") || !run["inputs"].is_object()) return;  // of an older version
  const nlohmann::ordered_json now = input_hashes(config, inputs), stored = run["inputs"];
  auto all = stored;
  if (stored.contains("input 1")) all.update(now);  // else of an older version, which noted none
  for (const auto& [key, any] : all.items()) {
    const bool is_new = key.starts_with("model.") && !stored.contains(key);  // since that version
    if (is_new || (now.contains(key) && stored.contains(key) && now[key] == stored[key])) continue;
    throw ConfigError(
        Complaint{.component = "run",
                  .doing = "resuming",
                  .expected = "the data the run was started with",
                  .got = "another content of " + name_of_input(key, inputs),
                  .where = path.string(),
                  .hint = "restore the file; to start anew, remove the run's folder."});
  }
}

void check_same_stage(const fs::path& path, const std::string& stage) {
  const std::string before = text_of_run(path, "stage", stage);
  if (before == stage) return;
  throw ConfigError(Complaint{.component = "run",
                              .doing = "resuming",
                              .expected = "a run of '" + stage + "'",
                              .got = "one of '" + before + "'",
                              .where = path.string(),
                              .hint = "choose another --out."});
}

}  // namespace

nlohmann::json read_run_json(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path / "run.json", error)) return nullptr;
  auto json = try_parse_json(read_file(path / "run.json"), path.string());
  return json.is_object() && json.contains("plumbline") ? json : nullptr;
}

std::string text_of_run(const fs::path& run, const char* name, const std::string& otherwise) {
  const auto json = read_run_json(run);
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

nlohmann::ordered_json input_hashes(const config::Config& config,
                                    const std::vector<std::string>& inputs) {
  nlohmann::ordered_json hashes = nlohmann::ordered_json::object();
  for (const auto& section : config::sections()) {
    for (const auto& field : section.fields) {
      if (field.limits.path != config::PathKind::Read) continue;
      const auto path = std::get<std::string>(field.get(config));
      const bool is_adapter = field.key == "adapter" || field.key == "reward_adapter";
      if (section.name == "model" && !is_adapter) continue;  // gigabytes
      std::error_code error;
      if (!fs::is_regular_file(path, error) && !(is_adapter && fs::is_directory(path, error))) {
        continue;  // not there, or a folder of pictures
      }
      hashes[section.name + "." + field.key] = hash_of(path);
    }
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (fs::exists(inputs[i])) hashes[fmt::format("input {}", i + 1)] = hash_of(inputs[i]);
  }
  return hashes;
}

void check_same_run(const std::string& stage, const config::Loaded& loaded,
                    const std::vector<std::string>& inputs) {
  const fs::path path = loaded.config.run.out;
  check_same_stage(path, stage);
  check_same_config(path, loaded.config);
  check_same_inputs(path, loaded.config, inputs);
}

}  // namespace plumbline::train
