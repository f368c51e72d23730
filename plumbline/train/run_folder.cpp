#include "plumbline/train/run_folder.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/base/revision.h"
#include "plumbline/config/section_lists.h"

namespace plumbline::train {
namespace {

constexpr const char* kStepPrefix = "step-";

// What run.json says, or null when it is not ours.
nlohmann::json about(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path / "run.json", error)) return nullptr;
  auto json = try_parse_json(read_file(path / "run.json"), path.string());
  return json.is_object() && json.contains("plumbline") ? json : nullptr;
}

// 0 where there is none.
template <class Json>
double number_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->template get<double>() : 0;
}

bool is_run_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path / "config.toml", error) && !about(path).is_null();
}

// A folder that a kill left while it was being made: nothing of anybody's is in it.
bool is_stillborn(const fs::path& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const auto name = entry.path().filename().string();
    static const std::vector<std::string> ours = {"config.toml", "config.toml.tmp", "run.json.tmp",
                                                  kLockName};
    if (std::find(ours.begin(), ours.end(), name) == ours.end()) return false;
  }
  return true;
}

// Where a run lies and how often it saves may change when it is resumed.
bool may_change(const std::string& section, const std::string& line) {
  if (section != "[run]") return false;
  return line.starts_with("out ") || line.starts_with("checkpoint_every ") ||
         line.starts_with("keep_checkpoints ");
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
      lines.push_back(section + " " + line);
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
      .hint = "resume with the same --config and --set, or start anew with --force."});
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

// The files of [data] and other inputs by the names of their contents: a run that goes on with
// other data would be neither the old nor a new one. Folders of images are not looked into.
nlohmann::ordered_json input_hashes(const config::Config& config,
                                    const std::vector<std::string>& inputs) {
  nlohmann::ordered_json hashes = nlohmann::ordered_json::object();
  for (const auto& field : config::find_section("data")->fields) {
    const auto value = field.get(config);
    const auto* text = std::get_if<std::string>(&value);
    std::error_code error;
    if (text == nullptr || text->empty() || !fs::is_regular_file(*text, error)) continue;
    hashes["data." + field.key] = content_hash(*text);
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (fs::exists(inputs[i])) hashes[fmt::format("input {}", i + 1)] = hash_of(inputs[i]);
  }
  return hashes;
}

void check_same_inputs(const fs::path& path, const config::Config& config,
                       const std::vector<std::string>& inputs) {
  const auto run = about(path);
  if (!run.contains("inputs") || !run["inputs"].is_object()) return;  // of an older version
  const nlohmann::ordered_json now = input_hashes(config, inputs), stored = run["inputs"];
  auto all = stored;
  if (stored.contains("input 1")) all.update(now);  // else of an older version, which noted none
  for (const auto& [key, any] : all.items()) {
    if (now.contains(key) && stored.contains(key) && now[key] == stored[key]) continue;
    throw ConfigError(Complaint{.component = "run",
                                .doing = "resuming",
                                .expected = "the data the run was started with",
                                .got = "another content of " + key,
                                .where = path.string(),
                                .hint = "restore the file, or start anew with --force."});
  }
}

void check_same_stage(const fs::path& path, const std::string& stage) {
  const std::string before = about(path).value("stage", stage);
  if (before == stage) return;
  throw ConfigError(Complaint{.component = "run",
                              .doing = "resuming",
                              .expected = "a run of '" + stage + "'",
                              .got = "one of '" + before + "'",
                              .where = path.string(),
                              .hint = "choose another --out."});
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
  for (const char* section : {"model", "data", "reward", "annotate"}) {
    for (const auto& field : config::find_section(section)->fields) {
      const auto value = field.get(config);
      const auto* text = std::get_if<std::string>(&value);
      if (text == nullptr || text->empty()) continue;
      check(*text, fmt::format("{}.{} = ", section, field.key));
    }
  }
}

void make_room(const fs::path& path, OpenOptions options) {
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
    fs::remove_all(path);
    return;
  }
  if (options.resume && is_run_folder(path)) return;
  const bool is_foreign = !is_run_folder(path);
  throw ConfigError(
      Complaint{.component = "run",
                .doing = "opening the run folder",
                .expected = "a folder that does not exist or is empty",
                .got = is_foreign ? "one that is not a run of Plumbline" : "an earlier run",
                .where = path.string(),
                .hint = is_foreign ? "choose another --out; what is there is left alone."
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

// A command line may hold bytes that are not UTF-8.
std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
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

std::shared_ptr<int> hold_folder(const fs::path& path) {
  const int fd = ::open((path / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    throw IoError(Complaint{.component = "run",
                            .doing = "opening the run folder",
                            .got = std::strerror(errno),
                            .where = path.string()});
  }
  std::shared_ptr<int> held(new int(fd), [](int* file) {
    ::close(*file);
    delete file;
  });
  // File systems without locks (some network ones) are used without.
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return held;
  throw ConfigError(Complaint{.component = "run",
                              .doing = "opening the run folder",
                              .expected = "a folder that no other process uses",
                              .got = "one that is being written",
                              .where = path.string(),
                              .hint = "wait for the other run, or choose another --out."});
}

RunFolder::RunFolder(fs::path path, std::shared_ptr<int> lock, config::RunConfig config,
                     bool is_resumed)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      config_(std::move(config)),
      is_resumed_(is_resumed) {
  metrics_ = std::make_unique<MetricsLog>(path_);
}

RunFolder RunFolder::open(const std::string& stage, const config::Loaded& loaded,
                          OpenOptions options, const std::vector<std::string>& command) {
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
  if (is_resumed) {
    check_same_run(stage, loaded, options.inputs);
  }
  make_folders(path);
  if (held == nullptr || replaces) held = hold_folder(path);
  RunFolder run(path, std::move(held), config, is_resumed);
  if (is_resumed) {
    const auto checkpoint = run.latest_checkpoint();
    const int64_t step = checkpoint ? step_of(*checkpoint) : 0;
    run.metrics_->truncate(step > 0 ? step : -1);  // a first evaluation is recorded as step 0
    if (checkpoint) run.seconds_before_ = number_in(about(path), "seconds");
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
                                    {"seed", config_.seed},
                                    {"device", config_.device},
                                    {"threads", at::get_num_threads()},
                                    {"processor", processor()},
                                    {"inputs", inputs},
                                    {"started", timestamp()}};
  write_file(path_ / "run.json", text_of(json));
}

void RunFolder::check_same_run(const std::string& stage, const config::Loaded& loaded,
                               const std::vector<std::string>& inputs) {
  const fs::path path = loaded.config.run.out;
  check_same_stage(path, stage);
  check_same_config(path / "config.toml", config::to_toml(loaded.config));
  check_same_inputs(path, loaded.config, inputs);
}

bool RunFolder::is_run(const fs::path& path) { return is_run_folder(path); }

bool RunFolder::is_finished(const fs::path& path) {
  return is_run_folder(path) && about(path).contains("finished");
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
  if (is_finished) json["finished"] = timestamp();
  json["seconds"] = seconds_before_ + watch_.seconds();
  const double peak_before = number_in(json, "peak_memory_bytes");
  json["peak_memory_bytes"] = std::max(peak_memory_bytes(), static_cast<int64_t>(peak_before));
  write_file(path_ / "run.json", text_of(json));
}

}  // namespace plumbline::train
