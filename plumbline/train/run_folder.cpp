#include "plumbline/train/run_folder.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/version.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"

namespace plumbline::train {
namespace {

constexpr const char* kStepPrefix = "step-";

bool is_run_folder(const fs::path& path) { return fs::exists(path / "run.json"); }

// "key = value" lines by section, without [run]: where a run lies and how often it saves may
// change.
std::vector<std::string> result_settings(const std::string& toml) {
  std::vector<std::string> lines;
  std::string section;
  std::istringstream text(toml);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('[')) {
      section = line;
    } else if (!line.empty() && !line.starts_with('#') && section != "[run]") {
      lines.push_back(section + " " + line.substr(0, line.find(" #")));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

void check_same_config(const fs::path& stored, const std::string& now) {
  const auto before = result_settings(read_file(stored)), after = result_settings(now);
  std::vector<std::string> changed;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(changed));
  if (changed.empty()) return;
  throw ConfigError(
      Complaint{.component = "run",
                .doing = "resuming",
                .expected = "the config the run was started with",
                .got = fmt::format("other values: {}", fmt::join(changed, "; ")),
                .where = stored.string(),
                .hint = "resume with the same --config and --set, or start anew with --force."});
}

void make_room(const fs::path& path, OpenOptions options) {
  if (!fs::exists(path) || (fs::is_directory(path) && fs::is_empty(path))) return;
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

std::vector<fs::path> checkpoints_of(const fs::path& run) {
  std::vector<fs::path> result;
  const fs::path folder = run / "checkpoints";
  if (!fs::exists(folder)) return result;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kStepPrefix) && entry.is_directory() &&
        name.find_first_not_of("0123456789", 5) == std::string::npos) {
      result.push_back(entry.path());
    }
  }
  std::sort(result.begin(), result.end(), [](const fs::path& a, const fs::path& b) {
    return RunFolder::step_of(a) < RunFolder::step_of(b);
  });
  return result;
}

}  // namespace

RunFolder::RunFolder(fs::path path, config::RunConfig config, bool is_resumed)
    : path_(std::move(path)), config_(std::move(config)), is_resumed_(is_resumed) {
  metrics_ = std::make_unique<MetricsLog>(path_);
}

RunFolder RunFolder::open(const config::Loaded& loaded, OpenOptions options,
                          const std::vector<std::string>& command) {
  const config::RunConfig& config = loaded.config.run;
  if (config.out.empty()) {
    throw ConfigError(Complaint{.component = "run",
                                .doing = "opening the run folder",
                                .expected = "run.out",
                                .got = "nothing",
                                .hint = "give --out FOLDER."});
  }
  const fs::path path = config.out;
  make_room(path, options);
  const std::string resolved = config::to_toml(loaded.config);
  const bool is_resumed = options.resume && is_run_folder(path);
  if (is_resumed) check_same_config(path / "config.toml", resolved);
  make_folders(path);
  RunFolder run(path, config, is_resumed);
  if (is_resumed) {
    const auto checkpoint = run.latest_checkpoint();
    const int64_t step = checkpoint ? step_of(*checkpoint) : 0;
    run.metrics_->truncate(step);
    log_info("resuming {} after step {}", path.string(), step);
  } else {
    write_file(path / "config.toml", resolved);
    run.write_run_json(command);
  }
  return run;
}

void RunFolder::write_run_json(const std::vector<std::string>& command) const {
  const nlohmann::ordered_json json{{"plumbline", PLUMBLINE_VERSION},
                                    {"libtorch", TORCH_VERSION},
                                    {"command", command},
                                    {"seed", config_.seed},
                                    {"device", config_.device},
                                    {"threads", at::get_num_threads()},
                                    {"processor", processor()},
                                    {"started", timestamp()}};
  write_file(path_ / "run.json", json.dump(2) + "\n");
}

std::optional<fs::path> RunFolder::latest_checkpoint() const {
  if (!is_resumed_) return std::nullopt;
  const auto all = checkpoints_of(path_);
  return all.empty() ? std::nullopt : std::optional(all.back());
}

int64_t RunFolder::step_of(const fs::path& checkpoint) {
  return std::stoll(checkpoint.filename().string().substr(std::string(kStepPrefix).size()));
}

void RunFolder::save_checkpoint(int64_t step, const std::function<void(const fs::path&)>& fill) {
  make_folders(path_ / "checkpoints");
  write_folder(path_ / "checkpoints" / fmt::format("{}{:06}", kStepPrefix, step), fill);
  auto all = checkpoints_of(path_);
  const auto keep = static_cast<size_t>(std::max<int64_t>(1, config_.keep_checkpoints));
  while (all.size() > keep) {
    fs::remove_all(all.front());
    all.erase(all.begin());
  }
}

void RunFolder::finish() {
  auto json = nlohmann::ordered_json::parse(read_file(path_ / "run.json"));
  json["finished"] = timestamp();
  json["seconds"] = watch_.seconds();
  json["peak_memory_bytes"] = peak_memory_bytes();
  write_file(path_ / "run.json", json.dump(2) + "\n");
}

}  // namespace plumbline::train
