#include "plumbline/train/same_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/config/fields.h"

namespace plumbline::train {
namespace {

// Where a run lies and how often it saves may change when it is resumed.
bool may_change(const std::string& section, const std::string& line) {
  if (section != "[run]") return false;
  return line.starts_with("out ") || line.starts_with("checkpoint_every ") ||
         line.starts_with("keep_checkpoints ");
}

// However it is spelt.
std::string plain_path(const std::string& text) {
  if (text.empty()) return text;
  const fs::path path = fs::absolute(text).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).string();
}

// The line with its path, if that is what it holds, absolute.
std::string with_plain_path(const std::string& section, const std::string& line) {
  const std::string key = line.substr(0, line.find(" = "));
  const auto* field = config::find_field(section.substr(1, section.size() - 2) + "." + key);
  if (field == nullptr || field->limits.path == config::PathKind::None) return line;
  try {
    const auto path = toml::parse(line)[key].value<std::string>();
    return path ? key + " = " + config::toml_text(plain_path(*path)) : line;
  } catch (const toml::parse_error&) {
    return line;
  }
}

// "[section] key = value" lines that decide a run's results. Both texts were written by
// config::to_toml, so equal values have equal lines.
std::vector<std::string> result_settings(const std::string& toml) {
  std::vector<std::string> lines;
  std::string section;
  std::istringstream text(toml);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('[')) {
      section = line;
    } else if (!line.empty() && !line.starts_with('#') && !may_change(section, line)) {
      lines.push_back(section + " " + with_plain_path(section, line));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// "[section] key" of a line of result_settings.
std::string name_in(const std::string& line) { return line.substr(0, line.find(" = ")); }

// Settings that the program which began the run did not have change nothing as long as they have
// their defaults.
void remove_new_defaults(std::vector<std::string>& changed,
                         const std::vector<std::string>& before) {
  const auto defaults = result_settings(config::to_toml(config::Config{}));
  std::erase_if(changed, [&](const std::string& line) {
    const bool was_known = std::any_of(before.begin(), before.end(), [&](const std::string& old) {
      return name_in(old) == name_in(line);
    });
    return !was_known && std::binary_search(defaults.begin(), defaults.end(), line);
  });
}

void check_same_config(const fs::path& stored, const std::string& now) {
  const auto before = result_settings(read_file(stored)), after = result_settings(now);
  std::vector<std::string> changed, old;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(changed));
  remove_new_defaults(changed, before);
  if (changed.empty()) return;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(old));
  throw ConfigError(Complaint{
      .component = "run",
      .doing = "resuming",
      .expected = fmt::format("the config the run was started with: {}", fmt::join(old, "; ")),
      .got = fmt::format("other values: {}", fmt::join(changed, "; ")),
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

void check_same_inputs(const fs::path& path, const config::Config& config,
                       const std::vector<std::string>& inputs) {
  const auto run = read_run_json(path);
  if (!run.contains("inputs") || !run["inputs"].is_object()) return;  // of an older version
  const nlohmann::ordered_json now = input_hashes(config, inputs), stored = run["inputs"];
  auto all = stored;
  if (stored.contains("input 1")) all.update(now);  // else of an older version, which noted none
  for (const auto& [key, any] : all.items()) {
    if (now.contains(key) && stored.contains(key) && now[key] == stored[key]) continue;
    throw ConfigError(
        Complaint{.component = "run",
                  .doing = "resuming",
                  .expected = "the data the run was started with",
                  .got = "another content of " + key,
                  .where = path.string(),
                  .hint = "restore the file; to start anew, remove the run's folder."});
  }
}

void check_same_stage(const fs::path& path, const std::string& stage) {
  const std::string before = read_run_json(path).value("stage", stage);
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

nlohmann::ordered_json input_hashes(const config::Config& config,
                                    const std::vector<std::string>& inputs) {
  nlohmann::ordered_json hashes = nlohmann::ordered_json::object();
  for (const auto& section : config::sections()) {
    if (section.name == "model") continue;  // gigabytes
    for (const auto& field : section.fields) {
      if (field.limits.path != config::PathKind::Read) continue;
      const auto path = std::get<std::string>(field.get(config));
      std::error_code error;
      if (!fs::is_regular_file(path, error)) continue;
      hashes[section.name + "." + field.key] = content_hash(path);
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
  check_same_config(path / "config.toml", config::to_toml(loaded.config));
  check_same_inputs(path, loaded.config, inputs);
}

}  // namespace plumbline::train
