#include "plumbline/train/run_folder.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/base/revision.h"
#include "plumbline/config/fields.h"
#include "plumbline/train/folder_lock.h"
#include "plumbline/train/same_run.h"

namespace plumbline::train {
namespace {

constexpr const char* kStepPrefix = "step-";

// 0 where there is none.
template <class Json>
double number_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->template get<double>() : 0;
}

bool is_run_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path / "config.toml", error) && !read_run_json(path).is_null();
}

// A resolved config, as runs keep it, and none that somebody wrote.
bool is_resolved_config(const fs::path& path) {
  return read_file(path).starts_with("[run]\nout = ");
}

// A folder that a kill left while it was being made: nothing of anybody's is in it.
bool is_stillborn(const fs::path& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const auto name = entry.path().filename().string();
    const bool is_ours = name == kLockName || name.ends_with(kAsideSuffix) ||
                         (name == "config.toml" && is_resolved_config(entry.path()));
    if (!is_ours) return false;
  }
  return true;
}

// Replacing a folder must not delete what the new run is about to read.
void check_inputs_outside(const config::Config& config, const std::vector<std::string>& inputs,
                          const fs::path& path) {
  const auto check = [&](const std::string& input, const std::string& name) {
    if (!lies_in(input, path)) return;
    throw ConfigError(Complaint{.component = "run",
                                .doing = "replacing the run folder",
                                .expected = "inputs outside of it",
                                .got = name + input,
                                .where = path.string(),
                                .hint = "choose another --out."});
  };
  for (const auto& input : inputs) check(input, "");
  for (const auto& section : config::sections()) {
    for (const auto& field : section.fields) {
      if (field.limits.path == config::PathKind::None) continue;
      if (section.name == "run") continue;  // the folder itself
      const auto value = std::get<std::string>(field.get(config));
      if (!value.empty()) check(value, fmt::format("{}.{} = ", section.name, field.key));
    }
  }
}

void make_room(const fs::path& path, const OpenOptions& options) {
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::not_found) return;
  if (kind == fs::file_type::none) {
    throw IoError(Complaint{.component = "run",
                            .doing = "looking at the run folder",
                            .got = error.message(),
                            .where = path.string()});
  }
  if (kind == fs::file_type::directory && is_stillborn(path)) return;
  if (options.force && is_run_folder(path)) {
    clear_folder(path);
    return;
  }
  if (options.resume && is_run_folder(path)) return;
  const bool is_foreign = !is_run_folder(path);
  throw ConfigError(Complaint{.component = "run",
                              .doing = "opening the run folder",
                              .expected = "a folder that does not exist or is empty",
                              .got = kind != fs::file_type::directory ? "a file"
                                     : is_foreign ? "one that is not a run of Plumbline"
                                                  : "an earlier run",
                              .where = path.string(),
                              .hint = is_foreign
                                          ? "choose another --out; what is there is left alone."
                                          : "--resume continues it, --force replaces it."});
}

std::string processor() {
  std::error_code error;
  if (!fs::exists("/proc/cpuinfo", error)) return "unknown";
  std::istringstream text(read_file("/proc/cpuinfo"));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("model name"))
      return line.substr(std::min(line.size(), line.find(": ") + 2));
  }
  return "unknown";
}

// In bytes, by name: the files of a run that is complete. Not those that still change (its own
// notes, events, annotators' databases), nor pictures, which are many, nor checkpoints.
nlohmann::ordered_json sizes_of_files(const fs::path& run) {
  std::map<std::string, uintmax_t> sizes;
  fs::recursive_directory_iterator entries(run), end;
  for (; entries != end; ++entries) {
    const std::string name = entries->path().filename().string();
    if (entries->is_directory()) {
      if (name == "checkpoints" || name == "images") entries.disable_recursion_pending();
    } else if (entries->is_regular_file() && name != "run.json" && name != kLockName &&
               !name.starts_with("events.") && name.find(".sqlite") == std::string::npos) {
      sizes[entries->path().lexically_relative(run).string()] = entries->file_size();
    }
  }
  return sizes;
}

std::vector<fs::path> checkpoints_of(const fs::path& run) {
  std::vector<fs::path> result;
  const fs::path folder = run / "checkpoints";
  if (!fs::exists(folder)) return result;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kStepPrefix) && entry.is_directory() && name.size() > 5 &&
        name.size() < 20 && name.find_first_not_of("0123456789", 5) == std::string::npos) {
      result.push_back(entry.path());
    }
  }
  std::sort(result.begin(), result.end(), [](const fs::path& a, const fs::path& b) {
    return RunFolder::step_of(a) < RunFolder::step_of(b);
  });
  return result;
}

}  // namespace

RunFolder::RunFolder(fs::path path, std::shared_ptr<int> lock, config::RunConfig config,
                     bool is_resumed)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      config_(std::move(config)),
      is_resumed_(is_resumed) {
  metrics_ = std::make_unique<MetricsLog>(path_);
}

RunFolder RunFolder::open(const std::string& stage, const config::Loaded& loaded,
                          const OpenOptions& options, const std::vector<std::string>& command) {
  const config::RunConfig& config = loaded.config.run;
  if (config.out.empty()) {
    throw ConfigError(Complaint{.component = "run",
                                .doing = "opening the run folder",
                                .expected = "run.out",
                                .got = "nothing",
                                .hint = "give --out FOLDER."});
  }
  const fs::path path = config.out;
  const bool replaces = options.force && is_run_folder(path);
  if (replaces) check_inputs_outside(loaded.config, options.inputs, path);
  std::shared_ptr<int> held = is_run_folder(path) ? hold_folder(path) : nullptr;
  make_room(path, options);
  const std::string resolved = config::to_toml(loaded.config);
  const bool is_resumed = options.resume && is_run_folder(path);
  if (is_resumed) check_same_run(stage, loaded, options.inputs);
  make_folders(path);
  if (held == nullptr || replaces) held = hold_folder(path);
  RunFolder run(path, std::move(held), config, is_resumed);
  if (is_resumed) {
    const auto checkpoint = run.latest_checkpoint();
    const int64_t step = checkpoint ? step_of(*checkpoint) : 0;
    run.metrics_->truncate(step > 0 ? step : -1);  // a first evaluation is recorded as step 0
    if (checkpoint) run.seconds_before_ = number_in(read_run_json(path), "seconds");
    log_info("resuming {} after step {}", path.string(), step);
  } else {
    write_file(path / "config.toml", resolved);
    run.write_run_json(stage, command, input_hashes(loaded.config, options.inputs));
  }
  return run;
}

void RunFolder::write_run_json(const std::string& stage, const std::vector<std::string>& command,
                               const nlohmann::ordered_json& inputs) const {
  const nlohmann::ordered_json json{{"plumbline", PLUMBLINE_VERSION},
                                    {"revision", revision()},
                                    {"libtorch", TORCH_VERSION},
                                    {"stage", stage},
                                    {"command", command},
                                    {"folder", fs::current_path().string()},
                                    {"seed", config_.seed},
                                    {"device", config_.device},
                                    {"threads", at::get_num_threads()},
                                    {"processor", processor()},
                                    {"inputs", inputs},
                                    {"started", timestamp()}};
  write_file(path_ / "run.json", json_text(json, 2) + "\n");
}

bool RunFolder::is_vacant(const fs::path& path) {
  std::error_code error;
  return !fs::exists(path, error) || (fs::is_directory(path, error) && is_stillborn(path));
}

bool RunFolder::is_run(const fs::path& path) { return is_run_folder(path); }

std::vector<std::string> RunFolder::changed_files(const fs::path& path) {
  const auto run = read_run_json(path);
  std::vector<std::string> changed;
  if (!run.contains("files") || !run["files"].is_object()) return changed;  // of an older version
  for (const auto& [name, size] : run["files"].items()) {
    std::error_code error;
    const auto now = fs::file_size(path / name, error);
    if (error || !size.is_number_unsigned() || now != size.get<uintmax_t>()) {
      changed.push_back(name);
    }
  }
  return changed;
}

void RunFolder::check_files(const fs::path& path) {
  const auto changed = changed_files(path);
  if (changed.empty()) return;
  throw ConfigError(
      Complaint{.component = "run",
                .doing = "resuming a run that was complete",
                .expected = "its files as they were",
                .got = fmt::format("none, or other sizes, of {}", fmt::join(changed, ", ")),
                .where = path.string(),
                .hint = "restore them, or remove this folder: the run is made anew."});
}

bool RunFolder::is_finished(const fs::path& path) {
  return is_run_folder(path) && read_run_json(path).contains("finished");
}

std::optional<fs::path> RunFolder::latest_checkpoint() const {
  if (!is_resumed_) return std::nullopt;
  const auto all = checkpoints_of(path_);
  return all.empty() ? std::nullopt : std::optional(all.back());
}

int64_t RunFolder::step_of(const fs::path& checkpoint) {
  return std::stoll(checkpoint.filename().string().substr(std::string(kStepPrefix).size()));
}

fs::path RunFolder::checkpoint_path(const fs::path& run, int64_t step) {
  return run / "checkpoints" / fmt::format("{}{:06}", kStepPrefix, step);
}

void RunFolder::save_checkpoint(int64_t step, const std::function<void(const fs::path&)>& fill) {
  make_folders(path_ / "checkpoints");
  write_folder(checkpoint_path(path_, step), fill);
  auto all = checkpoints_of(path_);
  const auto keep = static_cast<size_t>(std::max<int64_t>(1, config_.keep_checkpoints));
  while (all.size() > keep) {
    fs::remove_all(all.front());
    all.erase(all.begin());
  }
  note_cost(false);
}

void RunFolder::finish() { note_cost(true); }

void RunFolder::note_cost(bool is_finished) const {
  auto json = nlohmann::ordered_json::parse(read_file(path_ / "run.json"), nullptr, false);
  if (!json.is_object()) return;  // somebody else's now
  if (is_finished) {
    json["finished"] = timestamp();
    json["files"] = sizes_of_files(path_);
  }
  json["seconds"] = seconds_before_ + watch_.seconds();
  const double peak_before = number_in(json, "peak_memory_bytes");
  json["peak_memory_bytes"] = std::max(peak_memory_bytes(), static_cast<int64_t>(peak_before));
  write_file(path_ / "run.json", json_text(json, 2) + "\n");
}

}  // namespace plumbline::train
