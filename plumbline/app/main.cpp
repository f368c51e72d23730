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

struct Stage {
  const char* name;
  const char* help;
  std::vector<std::string> sections;  // of the config, shown by --help
  std::vector<std::string> required;  // keys that must be set
  void (*run)(const recipes::Invocation&);
};

const std::vector<Stage>& stages() {
  static const std::vector<Stage> list = {
      {"demo",
       "the whole method on the synthetic world, then a report",
       {"run", "demo"},
       {},
       recipes::demo},
      {"world",
       "write data of the synthetic world: images, conversations, facts, prompts, benchmark",
       {"run", "world"},
       {"run.out"},
       recipes::make_world},
      {"pretrain",
       "train a small vision tower and write an untrained LLaVA around it",
       {"run", "model", "data", "pretrain"},
       {"run.out", "data.train", "data.images"},
       recipes::pretrain},
      {"convert",
       "official annotation files as training data, and comparisons from one form into another",
       {"run"},
       {"run.out"},
       recipes::convert},
      {"data",
       "check FILE: what training data holds, what is wrong with it, and how a model reads it",
       {"model", "data", "sft"},
       {"model.path"},
       recipes::check_data},
      {"sft",
       "supervised fine-tuning",
       {"run", "model", "data", "sft", "lora", "optimizer"},
       {"run.out", "model.path", "data.train"},
       recipes::sft},
      {"sample",
       "sample answers for a file of prompts, and pair them",
       {"run", "model", "data", "generation", "sample", "reward"},
       {"run.out", "model.path", "data.prompts"},
       recipes::sample},
      {"annotate",
       "compare answers: simulate (the world's annotators), import (tasks for people) or export",
       {"run", "data", "annotate", "eval"},
       {},
       recipes::annotate},
      {"reward",
       "train a reward model from comparisons, with or without facts",
       {"run", "model", "data", "reward", "lora", "optimizer"},
       {"run.out", "model.path", "data.train", "data.eval", "reward.template"},
       recipes::reward},
      {"audit",
       "what reward models have learnt: held-out figures, facts taken away or exchanged, probes",
       {"run", "model", "data", "reward", "eval"},
       {"run.out", "data.eval"},
       recipes::audit},
      {"ppo",
       "optimise the policy against a reward model",
       {"run", "model", "data", "generation", "ppo", "lora", "optimizer", "eval"},
       {"run.out", "model.path", "model.reward_adapter", "data.prompts"},
       recipes::ppo},
      {"eval",
       "answer a benchmark and score the answers",
       {"run", "model", "data", "eval"},
       {"run.out", "model.path", "data.benchmark"},
       recipes::evaluate},
      {"chat",
       "talk to a model, with pictures (temperature 0.2, up to 512 tokens, unless set)",
       {"run", "model", "generation"},
       {"model.path"},
       recipes::chat},
      {"score",
       "log-probabilities, or rewards, of given answers, as JSON lines",
       {"run", "model", "data", "reward"},
       {},
       recipes::score},
      {"inspect",
       "what a checkpoint holds, or an example as the model sees it",
       {"run", "model", "data", "reward"},
       {"model.path"},
       recipes::inspect},
      {"report", "an HTML page from several run folders", {"run"}, {}, recipes::report},
  };
  return list;
}

// The flags every stage has; the short ones are spellings of config keys.
struct Flags {
  std::string config;
  std::vector<std::string> sets;
  std::vector<std::pair<std::string, std::string>> spelt;  // config key -> value
  bool resume = false, force = false, quiet = false, json = false, dry_run = false;
  std::vector<std::string> inputs, images;
  std::map<std::string, std::string> named;
  std::string prompt, in;
};

void add_key(CLI::App* sub, Flags& flags, const char* flag, const char* key, const char* help) {
  sub->add_option_function<std::string>(
      flag, [&flags, key](const std::string& value) { flags.spelt.emplace_back(key, value); },
      help);
}

void add_convert_flags(CLI::App* sub, Flags& flags) {
  sub->add_option("data set", flags.inputs,
                  "vqav2, aokvqa, flickr30k, coco-captions, sugarcrepe or preferences")
      ->required()
      ->expected(1);
  for (const auto& [flag, help] : recipes::convert_flags()) {
    sub->add_option_function<std::string>(
        "--" + flag, [&flags, name = flag](const std::string& value) { flags.named[name] = value; },
        help);
  }
}

void add_flags(CLI::App* sub, Flags& flags, const Stage& stage) {
  const std::string name = stage.name;
  // The demo's stages have files of their own.
  if (name != "demo" && name != "convert")
    sub->add_option("--config", flags.config, "TOML file with the stage's settings");
  sub->add_option("--set", flags.sets, "override one setting: section.key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  // These print what they find.
  const bool writes_run = name != "chat" && name != "score" && name != "inspect" && name != "data";
  if (writes_run) add_key(sub, flags, "--out", "run.out", "folder to write");
  if (name == "convert") add_key(sub, flags, "--seed", "run.seed", "seed of what is drawn");
  if (name != "data" && name != "convert") {
    add_key(sub, flags, "--seed", "run.seed", "seed of every random number");
    add_key(sub, flags, "--device", "run.device", "cpu, cuda, cuda:1");
    add_key(sub, flags, "--dtype", "run.dtype", "auto, float32, bfloat16");
  }
  if (writes_run && name != "convert") {
    sub->add_flag("--resume", flags.resume,
                  "continue an interrupted run: sft, reward and ppo bit for bit");
    sub->add_flag("--force", flags.force, "replace an existing run folder");
  }
  sub->add_flag("--quiet", flags.quiet, "warnings and errors only");
  if (name == "chat" || name == "score") {
    add_key(sub, flags, "--model", "model.path", "folder of the model, or a .gguf file");
    if (name == "score") {
      add_key(
          sub, flags, "--reward", "model.reward_adapter",
          "folder of a reward model: score with it (its base is --model, or as it says itself)");
      add_key(sub, flags, "--facts", "data.facts", "facts of each image, for a reward model");
      add_key(sub, flags, "--images", "data.images", "folder that image paths start from");
    }
    add_key(sub, flags, "--base", "model.path",
            "the same, for an adapter whose own base lies elsewhere");
    add_key(sub, flags, "--adapter", "model.adapter", "folder of a LoRA adapter");
    add_key(sub, flags, "--conversation", "model.conversation", "how turns become text");
  }
  if (name == "sft") {
    sub->add_flag("--dry-run", flags.dry_run,
                  "check all input, print the plan and the memory it takes, and stop");
  }
  if (name == "convert") add_convert_flags(sub, flags);
  if (name == "data") {
    sub->add_option("action", flags.inputs, "check, and the file, folder or mixture to look at")
        ->required()
        ->expected(1, 2);
    add_key(sub, flags, "--model", "model.path", "folder of the model that reads it");
    add_key(sub, flags, "--images", "data.images", "folder that image paths start from");
    add_key(sub, flags, "--conversation", "model.conversation", "how turns become text");
  }
  if (name == "chat") {
    sub->add_option("--image", flags.images, "picture for the first question (repeatable)")
        ->allow_extra_args(false);
    sub->add_option("--prompt", flags.prompt, "one question; prints the answer and ends");
  }
  if (name == "score") {
    sub->add_option("--in", flags.in, "answers to score (JSON lines)")->required();
  }
  if (name == "inspect") {
    sub->add_option("model", flags.inputs, "folder of the model, or a .gguf file")->expected(0, 1);
    sub->add_option("--example", flags.in, "show this file's first record token by token");
    add_key(sub, flags, "--conversation", "model.conversation", "how turns become text");
  }
  if (name == "audit") {
    sub->add_option("reward models", flags.inputs, "their folders, the result of `reward`")
        ->required();
    add_key(sub, flags, "--model", "model.path",
            "folder of their base, if it does not lie where they say");
  }
  if (name == "eval" || name == "inspect" || name == "data" || name == "audit")
    sub->add_flag("--json", flags.json, "print results as JSON");
  if (name == "world") {
    add_key(sub, flags, "--images", "world.num_images", "number of pictures");
    add_key(sub, flags, "--split", "world.split",
            "all, sft, comparisons, ppo, benchmark, base or sheet");
  }
  if (name == "annotate") {
    sub->add_option("action", flags.inputs, "simulate (when missing), import or export")
        ->expected(0, 1);
    add_key(sub, flags, "--pairs", "data.pairs", "pairs of answers, as `sample` writes them");
    add_key(sub, flags, "--store", "annotate.store", "SQLite file of tasks for people");
  }
  if (name == "reward") {
    add_key(sub, flags, "--facts", "reward.facts",
            "true or false: show the reward model the image's facts");
  }
  if (name == "demo") {
    sub->add_flag_callback(
        "--quick", [&flags] { flags.spelt.emplace_back("demo.quick", "true"); },
        "a smoke run through every stage");
    add_key(sub, flags, "--seeds", "demo.seeds",
            "repeat the reward and PPO stages with this many seeds");
  }
  if (name == "report") sub->add_option("runs", flags.inputs, "run folders")->required();
  sub->footer([&stage] { return config::help(stage.sections); });
}

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
      .in = flags.in};
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

int run(int argc, char** argv) {
  CLI::App app{"Plumbline: factually augmented RLHF for vision-language models"};
  app.set_version_flag("--version", std::string("plumbline ") + PLUMBLINE_VERSION);
  app.require_subcommand(1);
  std::vector<Flags> flags(stages().size());
  std::vector<CLI::App*> subs;
  for (size_t i = 0; i < stages().size(); ++i) {
    subs.push_back(app.add_subcommand(stages()[i].name, stages()[i].help));
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
    if (subs[i]->parsed()) return run_stage(stages()[i], flags[i], command);
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
