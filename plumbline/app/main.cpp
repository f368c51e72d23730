// The command line: one subcommand per stage, each with the same few flags. Everything else is
// config.
#include <ATen/ATen.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <climits>
#include <cstdio>
#include <functional>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <thread>

#include "plumbline/app/flags.h"
#include "plumbline/app/stage_list.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/config/section_lists.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::app {
namespace {

// A full disk or a closed pipe behind stdout must not look like success.
void flush_results() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw IoError(Complaint{.component = "command line",
                          .doing = "printing results",
                          .expected = "an open standard output with room",
                          .got = "a failed write"});
}

// All that is missing together, before anything is read.
void check_required(const Stage& stage, const config::Config& config) {
  std::string missing;
  for (const std::string& name : stage.required) {
    const size_t dot = name.find('.');
    const auto* section = config::find_section(name.substr(0, dot));
    const auto* field = section == nullptr ? nullptr : section->find(name.substr(dot + 1));
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
      .hint = "give them as flags (--model, --out), as --set key=value, or in a --config: see "
              "configs/world/ and docs/guide/."});
}

int run_stage(const Stage& stage, Flags& flags, const std::vector<std::string>& command) {
  if (flags.quiet) set_log_level(LogLevel::Warning);
  if (flags.resume && flags.force) {
    throw ConfigError(Complaint{.component = "command line",
                                .doing = "reading flags",
                                .expected = "--resume or --force",
                                .got = "both"});
  }
  for (const auto& [key, value] : flags.spelt) flags.sets.push_back(key + "=" + value);
  if (std::string_view(stage.name) == "inspect" && !flags.inputs.empty()) {
    flags.sets.push_back("model.path=" + flags.inputs.front());
  }
  recipes::Invocation invocation{
      .loaded = config::load(flags.config.empty() ? std::nullopt : std::optional(flags.config),
                             flags.sets),
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
  check_required(stage, invocation.loaded.config);
  const std::string& out = invocation.loaded.config.run.out;
  if (flags.resume && !out.empty() && train::RunFolder::is_finished(out)) {
    train::RunFolder::check_same_run(stage.name, invocation.loaded);
    log_info("{} is already complete; --force starts anew", out);
    return 0;
  }
  stage.run(invocation);
  flush_results();
  return 0;
}

// "eval score" is a subcommand of "eval".
CLI::App* add_subcommand(CLI::App& app, const Stage& stage) {
  const std::string name = stage.name;
  const size_t blank = name.find(' ');
  if (blank == std::string::npos) return app.add_subcommand(name, stage.help);
  return app.get_subcommand(name.substr(0, blank))
      ->add_subcommand(name.substr(blank + 1), stage.help);
}

int run(int argc, char** argv) {
  CLI::App app{"Plumbline: factually augmented RLHF for vision-language models"};
  app.set_version_flag("--version", std::string("plumbline ") + PLUMBLINE_VERSION);
  app.require_subcommand(1);
  std::vector<Flags> flags(stages().size());
  std::vector<CLI::App*> subs;
  for (size_t i = 0; i < stages().size(); ++i) {
    subs.push_back(add_subcommand(app, stages()[i]));
    add_flags(subs.back(), flags[i], stages()[i]);
  }
  bool config_docs = false;
  auto* keys = app.add_subcommand("keys", "print every config key as Markdown (docs/config.md)");
  keys->callback([&config_docs] { config_docs = true; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (config_docs) {
    std::fputs(config::markdown().c_str(), stdout);
    flush_results();
    return 0;
  }
  const std::vector<std::string> command(argv, argv + argc);
  for (size_t i = 0; i < subs.size(); ++i) {
    const bool is_meant = subs[i]->parsed() && subs[i]->get_subcommands().empty();
    if (is_meant) return run_stage(stages()[i], flags[i], command);
  }
  return 2;
}

// A run started with a standard stream closed would give its number to the next file it opens, and
// write messages into that file.
void open_standard_streams() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::dup(fd)) {
    if (fd <= STDERR_FILENO) continue;
    ::close(fd);
    break;
  }
}

// Tensors of some megabytes come and go all the time. Memory that has been given back to the system
// must be cleared page by page when it comes again, which takes a fifth of a training step.
void keep_memory() {
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 1 << 27);
  ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

// The one place where exceptions become exit codes. Torch's own messages stay out of the user's
// sight.
int guarded(int argc, char** argv) {
  watch_signals();
  // Of processes that were started together, one tells what stops all of them: the launcher ends
  // the others as soon as the first has failed.
  const auto report = [](const std::string& message) {
    if (parallel::find_launch().rank > 0) {
      std::this_thread::sleep_for(std::chrono::seconds(2));
      if (received_signal() != 0) return;
    }
    log_message(LogLevel::Error, message);
  };
  try {
    return run(argc, argv);
  } catch (const Error& e) {
    report(e.what());
    return e.exit_code();
  } catch (const c10::Error& e) {
    report(std::string("[internal] libtorch: ") + e.what_without_backtrace());
  } catch (const nlohmann::json::exception& e) {
    log_message(LogLevel::Error,
                "[data] reading JSON: expected values of the right kind, got " + untagged(e));
    return 3;
  } catch (const fs::filesystem_error& e) {
    report("[file] using a path: got " + e.code().message() + " (" + e.path1().string() + ").");
    return 3;
  } catch (const std::bad_alloc&) {
    log_message(LogLevel::Error,
                "[internal] out of memory.\nHint: lower the batch size or micro_tokens.");
  } catch (const std::exception& e) {
    report(std::string("[internal] ") + e.what());
  }
  return 1;
}

}  // namespace
}  // namespace plumbline::app

int main(int argc, char** argv) {
  plumbline::app::open_standard_streams();
  plumbline::app::keep_memory();
  return plumbline::app::guarded(argc, argv);
}
