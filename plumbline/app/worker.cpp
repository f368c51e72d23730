// The program that does the work, with libtorch. `plumbline` (front.cpp) has read the command line
// before it is started.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>

#include <chrono>
#include <climits>
#include <cstdlib>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <thread>

#include "plumbline/app/command_line.h"
#include "plumbline/app/runners.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/config/fields.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/same_run.h"

namespace plumbline::app {
namespace {

// All that is missing together, before anything is read. A dry run writes nothing.
void check_required(const Stage& stage, const config::Config& config, bool is_dry_run) {
  std::string missing;
  for (const std::string& name : stage.required) {
    if (is_dry_run && name == "run.out") continue;
    const auto* field = config::find_field(name);
    PLUMBLINE_CHECK(field != nullptr, name);
    if (std::get<std::string>(field->get(config)).empty())
      missing += (missing.empty() ? "" : ", ") + name;
  }
  if (missing.empty()) return;
  throw ConfigError(Complaint{
      .component = "config",
      .doing = std::string("checking what ") + stage.name + " needs",
      .expected = "values for " + missing,
      .got = "nothing",
      .hint = fmt::format("give them as --set key=value, by the flags that `plumbline {} --help` "
                          "shows, or in a --config where it takes one: see configs/world/ and "
                          "docs/guide/.",
                          stage.name)});
}

bool is_missing(const std::string& path) {
  std::error_code error;
  return !path.empty() && !fs::exists(path, error);
}

// Several paths that lead nowhere are told together. One is left to its reader, who knows what
// should be there.
void check_paths(const Stage& stage, const config::Config& config) {
  std::vector<std::string> missing;
  for (const auto& section : stage.sections) {
    for (const auto& field : config::find_section(section)->fields) {
      if (field.limits.path != config::PathKind::Read) continue;
      const auto path = std::get<std::string>(field.get(config));
      if (is_missing(path)) missing.push_back(fmt::format("{}.{} = {}", section, field.key, path));
    }
  }
  if (missing.size() < 2) return;
  throw IoError(Complaint{.component = "config",
                          .doing = std::string("checking what ") + stage.name + " reads",
                          .expected = "paths that exist",
                          .got = fmt::format("none at {}", fmt::join(missing, ", "))});
}

// A run folder that is replaced takes along all that lies in it.
void check_config_outside(const std::string& file, const std::string& out) {
  if (file.empty() || out.empty() || !lies_in(file, out)) return;
  throw ConfigError(Complaint{.component = "run",
                              .doing = "replacing the run folder",
                              .expected = "--config outside of it",
                              .got = file,
                              .where = out,
                              .hint = "choose another --out, or move the file."});
}

int run_stage(const Stage& stage, Flags& flags, const std::vector<std::string>& command) {
  if (flags.quiet) set_log_level(LogLevel::Warning);
  if (flags.resume && flags.force) {
    throw ConfigError(Complaint{.component = "command line",
                                .doing = "reading flags",
                                .expected = "--resume or --force",
                                .got = "both"});
  }
  std::map<std::string, std::string> spelt;
  for (const auto& [flag, key, value] : flags.spelt) {
    flags.sets.push_back(key + "=" + value);
    spelt[flags.sets.back()] = flag;
  }
  if (std::string_view(stage.name) == "inspect" && !flags.inputs.empty()) {
    flags.sets.push_back("model.path=" + flags.inputs.front());
  }
  recipes::Invocation invocation{
      .loaded = config::load(flags.config.empty() ? std::nullopt : std::optional(flags.config),
                             flags.sets, spelt),
      .resume = flags.resume,
      .force = flags.force,
      .dry_run = flags.dry_run,
      .json = flags.json,
      .command = command,
      .inputs = flags.inputs,
      .images = flags.images,
      .prompt = flags.prompt,
      .named = flags.named,
      .in = flags.in,
      .eval = flags.eval};
  if (std::string_view(stage.name) == "data" && flags.inputs.front() != "check") {
    throw ConfigError(Complaint{.component = "command line",
                                .doing = "reading what to do with data",
                                .expected = "check",
                                .got = "'" + flags.inputs.front() + "'"});
  }
  if (flags.force) check_config_outside(flags.config, invocation.loaded.config.run.out);
  check_required(stage, invocation.loaded.config, flags.dry_run);
  check_paths(stage, invocation.loaded.config);
  const std::string& out = invocation.loaded.config.run.out;
  if (flags.resume && !out.empty() && train::RunFolder::is_finished(out)) {
    train::check_same_run(stage.name, invocation.loaded, invocation.files());
    train::RunFolder::check_files(out);
    log_info("{} is already complete; --force starts anew", out);
    return 0;
  }
  try {
    runner_of(stage.name)(invocation);
  } catch (const Interrupted& e) {
    if ((stage.common & kResume) == 0) throw;
    throw Error(std::string(e.what()) +
                    " What was saved is safe.\nHint: run the same command with "
                    "--resume, without --force, to continue.",
                e.exit_code());
  }
  flush_results();
  return 0;
}

int run(int argc, char** argv) {
  CommandLine said = parse(argc, argv);
  if (said.stage == nullptr) return 0;
  return run_stage(*said.stage, said.flags, {argv, argv + argc});
}

// Tensors of some megabytes come and go all the time. Memory that has been given back to the system
// must be cleared page by page when it comes again, which takes a fifth of a training step.
void keep_memory() {
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 1 << 27);
  ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

// oneDNN compiles a bfloat16 product for every shape it meets, and keeps 1,024 of them, 0.8 MiB
// each; batches without padding hardly ever come back in the same shape. What one pass uses again
// fits into fewer, at the same speed. Before the first tensor operation.
void bound_compiled_products() { ::setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128", 0); }

std::string out_of_memory() {
  return message({.component = "run",
                  .doing = "computing",
                  .expected = "enough memory",
                  .got = "none left",
                  .hint = "lower sft.micro_tokens, reward.micro_tokens or ppo.micro_tokens, or "
                          "generation.batch_size and eval.batch_size."});
}

// The one place where exceptions become exit codes. Torch's own messages stay out of the user's
// sight.
int guarded(int argc, char** argv) {
  watch_signals();
  // Of processes that were started together, one tells what stops all of them: the launcher ends
  // the others as soon as the first has failed.
  const auto report = [](const std::string& text) {
    if (parallel::find_launch().rank > 0) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
      if (received_signal() != 0) return;
    }
    log_message(LogLevel::Error, text);
  };
  try {
    return run(argc, argv);
  } catch (const Error& e) {
    report(e.what());
    return e.exit_code();
  } catch (const c10::Error& e) {
    const std::string said = e.what_without_backtrace();
    // The CPU's allocator has no type of its own for it.
    if (dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr ||
        said.find("can't allocate memory") != std::string::npos) {
      report(out_of_memory());
    } else {
      report(message({.component = "internal", .doing = "computing", .got = said}));
    }
  } catch (const nlohmann::json::exception& e) {
    report(message({.component = "data",
                    .doing = "reading JSON",
                    .expected = "values of the right kind",
                    .got = untagged(e)}));
    return 3;
  } catch (const fs::filesystem_error& e) {
    report(message({.component = "file",
                    .doing = "using a path",
                    .expected = "a path that can be read and written",
                    .got = e.code().message(),
                    .where = e.path1().string()}));
    return 3;
  } catch (const std::bad_alloc&) {
    report(out_of_memory());
  } catch (const std::exception& e) {
    report(message({.component = "internal", .doing = "working", .got = e.what()}));
  }
  return 1;
}

}  // namespace
}  // namespace plumbline::app

int main(int argc, char** argv) {
  plumbline::app::open_standard_streams();
  plumbline::app::keep_memory();
  plumbline::app::bound_compiled_products();
  return plumbline::app::guarded(argc, argv);
}
