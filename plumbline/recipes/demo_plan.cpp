#include "plumbline/recipes/demo_plan.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/same_run.h"

namespace plumbline::recipes {
namespace {

std::string key_of(const std::string& setting) { return setting.substr(0, setting.find('=')); }

// Settings that are the demo's own, not its stages'.
bool is_demo_setting(const std::string& setting) {
  const std::string key = key_of(setting);
  return key.starts_with("demo.") || key == "run.out" || key == "run.seed";
}

// What a stage has freed lies between what still lives, and the program keeps it (worker.cpp): over
// hundreds of stages that adds up.
void give_back_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace

void DemoPlan::refuse_clashes(const std::string& name, const std::vector<std::string>& sets) const {
  for (const auto& setting : invocation_.loaded.sets) {
    if (is_demo_setting(setting)) continue;
    const auto own = std::find_if(sets.begin(), sets.end(), [&](const std::string& set) {
      return key_of(set) == key_of(setting);
    });
    if (own == sets.end()) continue;
    throw ConfigError(
        Complaint{.component = "demo",
                  .doing = "taking settings for its stages",
                  .expected = "settings that it leaves open",
                  .got = fmt::format("'{}', which it sets itself: '{}'", setting, *own),
                  .where = name,
                  .hint = "run that stage by itself: docs/guide/."});
  }
}

Invocation DemoPlan::invocation_of(const std::string& name, const std::string& config,
                                   const Given& given) const {
  std::vector<std::string> sets = {fmt::format("run.seed={}", invocation_.loaded.config.run.seed)};
  sets.insert(sets.end(), sizes_.begin(), sizes_.end());
  for (const auto& setting : invocation_.loaded.sets) {
    if (!is_demo_setting(setting)) sets.push_back(setting);
  }
  sets.insert(sets.end(), given.sets.begin(), given.sets.end());
  sets.push_back("run.out=" + (layout_ / name).string());
  const auto file =
      config.empty() ? std::nullopt : std::optional((root_ / "configs/world" / config).string());
  return {.loaded = config::load(file, sets),
          .resume = invocation_.resume,
          .force = invocation_.force,
          .is_silent = true,
          .command = invocation_.command,
          .inputs = given.inputs,
          .in = given.in};
}

bool DemoPlan::is_up_to_date(const std::string& name, const Given& given) const {
  // Times are texts that sort.
  const std::string started = train::text_of_run(layout_ / name, "started");
  std::vector<std::string> paths = given.inputs;
  paths.push_back(given.in);
  for (const auto& setting : given.sets) paths.push_back(setting.substr(setting.find('=') + 1));
  for (const auto& run : runs_) {
    const std::string below = (layout_ / run).string() + "/";
    const bool reads = std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return path.starts_with(below);
    });
    if (!reads) continue;
    const bool is_done = std::find(done_.begin(), done_.end(), run) != done_.end();
    if (!is_done || train::text_of_run(layout_ / run, "finished") > started) return false;
  }
  return true;
}

// What says what it is cannot be read, and nothing there is replaced unasked.
void DemoPlan::refuse_damaged(const std::string& name) const {
  const fs::path folder = layout_ / name;
  if (train::RunFolder::is_run(folder) || train::RunFolder::is_vacant(folder)) return;
  throw ConfigError(Complaint{.component = "demo",
                              .doing = "resuming",
                              .expected = "a stage's folder with run.json and config.toml",
                              .got = "something else",
                              .where = folder.string(),
                              .hint = "move it away: the stage is made anew."});
}

void DemoPlan::add(const std::string& name, const Command& command, const std::string& config,
                   const Given& given) {
  stop_if_interrupted();
  refuse_clashes(name, given.sets);
  if (invocation_.resume) refuse_damaged(name);
  const Invocation invocation = invocation_of(name, config, given);
  const fs::path folder = layout_ / name;
  const bool is_complete = invocation.resume && train::RunFolder::is_finished(folder);
  const bool is_done =
      is_complete && fs::exists(folder / command.result) && is_up_to_date(name, given);
  if (is_done) {
    train::check_same_run(command.name, invocation.loaded, invocation.files());
    train::RunFolder::check_files(folder);
    done_.push_back(name);
  }
  runs_.push_back(name);
  // Its settings are put together again: held by all steps they would fill the memory.
  const auto run = [this, name, command, config, given, is_anew = is_complete && !is_done] {
    Invocation again = invocation_of(name, config, given);
    if (is_anew) {
      again.resume = false;
      again.force = true;
    }
    forget_peak_memory();  // a stage's is its own
    command.start(again);
    give_back_memory();
  };
  const double seconds = command.seconds / (invocation_.loaded.config.demo.quick ? 20 : 1);
  steps_.push_back({.name = name, .seconds = seconds, .is_done = is_done, .run = run});
}

void DemoPlan::add_file(const std::string& name, std::function<void()> write) {
  steps_.push_back({.name = name, .seconds = 0.1, .run = std::move(write)});
}

}  // namespace plumbline::recipes
