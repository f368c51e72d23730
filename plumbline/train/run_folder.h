// A run is its folder: resolved config, versions, command, metrics, samples, checkpoints.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/clock.h"
#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "plumbline/train/metrics_log.h"

namespace plumbline::train {

struct OpenOptions {
  bool resume = false;
  bool force = false;
  // Files and folders that the run reads beside those of its config, always in the same order.
  std::vector<std::string> inputs = {};
};

// Lives as long as the run. Only rank 0 of several processes opens it.
class RunFolder {
 public:
  // Creates run.out with config.toml and run.json. A folder that exists and is not empty is
  // refused, except with `force` (it is replaced, if it is a run folder and no input lies in it) or
  // `resume` (it is continued: metrics after its last checkpoint are dropped). Throws ConfigError,
  // also when another process holds the folder, and when resuming another run (check_same_run).
  static RunFolder open(const std::string& stage, const config::Loaded& loaded,
                        const OpenOptions& options, const std::vector<std::string>& command);

  const fs::path& path() const { return path_; }
  MetricsLog& metrics() { return *metrics_; }

  // Whether a run may begin in `path`: nothing is there but what a kill left of one.
  static bool is_vacant(const fs::path& path);
  // Whether `path` is a run, and one that is complete.
  static bool is_run(const fs::path& path);
  static bool is_finished(const fs::path& path);
  // Files of a complete run that are gone or have another size than when it was finished.
  static std::vector<std::string> changed_files(const fs::path& path);
  // Throws ConfigError when there are any.
  static void check_files(const fs::path& path);

  // The newest whole checkpoint when resuming, else nothing.
  std::optional<fs::path> latest_checkpoint() const;
  // The step that checkpoint was saved after.
  static int64_t step_of(const fs::path& checkpoint);
  // Where a run keeps the checkpoint of that step.
  static fs::path checkpoint_path(const fs::path& run, int64_t step);
  // Writes checkpoints/step-NNNNNN as a whole (or not at all), then removes the oldest beyond
  // run.keep_checkpoints.
  void save_checkpoint(int64_t step, const std::function<void(const fs::path&)>& fill);

  // Notes in run.json that the run is complete, its files, its seconds and peak memory. Seconds
  // that an interruption made a run repeat count once.
  void finish();

 private:
  RunFolder(fs::path path, std::shared_ptr<int> lock, config::RunConfig config, bool is_resumed);
  void write_run_json(const std::string& stage, const std::vector<std::string>& command,
                      const nlohmann::ordered_json& inputs) const;
  void note_cost(bool is_finished) const;

  fs::path path_;
  std::shared_ptr<int> lock_;  // an open file, locked while the run lives
  config::RunConfig config_;
  bool is_resumed_;
  std::unique_ptr<MetricsLog> metrics_;
  Stopwatch watch_;
  double seconds_before_ = 0;  // up to the checkpoint that was resumed from
};

}  // namespace plumbline::train
