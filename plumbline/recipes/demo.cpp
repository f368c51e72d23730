// The whole method on the synthetic world. Each step is a stage as the command line would run it,
// with the files of configs/world; only paths, sizes and seeds are set here.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/run_page.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

// How much of everything: the demo, or a smoke run of it.
struct Sizes {
  int64_t sft_images, comparison_images, ppo_images, benchmark_images;
  std::vector<std::string> settings;  // for every stage that reads them
};

Sizes sizes_of(bool is_quick) {
  if (is_quick) {
    return {160,
            120,
            64,
            24,
            {"ppo.total_steps=3", "ppo.rollout_size=32", "ppo.minibatch_size=16",
             "ppo.eval_every=2", "ppo.eval_items=18", "generation.num_samples=3",
             "eval.bootstrap_samples=200", "sft.epochs=1", "reward.epochs=1"}};
  }
  return {4000, 2400, 2000, 300, {}};
}

// The folder that holds configs/ and assets/: $PLUMBLINE_HOME, here, or above the program.
fs::path find_root() {
  std::vector<fs::path> places;
  if (const char* home = std::getenv("PLUMBLINE_HOME")) places.emplace_back(home);
  places.push_back(".");
  std::error_code error;
  for (fs::path p = fs::read_symlink("/proc/self/exe", error); p.has_relative_path();
       p = p.parent_path()) {
    places.push_back(p.parent_path());
  }
  for (const auto& place : places) {
    if (fs::exists(place / "configs/world/sft.toml")) return place;
  }
  throw IoError(Complaint{.component = "demo",
                          .doing = "looking for its files",
                          .expected = "configs/world below the current folder or the program's",
                          .got = "none",
                          .hint = "run it from the repository, or set PLUMBLINE_HOME to it."});
}

class Demo {
 public:
  explicit Demo(const Invocation& invocation)
      : invocation_(invocation),
        config_(invocation.loaded.config),
        root_(find_root()),
        out_(!config_.run.out.empty() ? config_.run.out
             : config_.demo.quick     ? "runs/demo-quick"
                                      : "runs/demo"),
        sizes_(sizes_of(config_.demo.quick)),
        base_(fs::exists(config_.demo.base) ? fs::path(config_.demo.base)
                                            : root_ / config_.demo.base) {
    if (!fs::exists(base_ / "config.json")) {
      throw IoError(Complaint{.component = "demo",
                              .doing = "looking for the model to start from",
                              .expected = "a model directory",
                              .got = "none",
                              .where = base_.string(),
                              .hint = "set demo.base, or make one: docs/guide/base.md."});
    }
    if (fs::exists(out_) && !fs::is_empty(out_) && !invocation.resume && !invocation.force) {
      throw ConfigError(Complaint{.component = "demo",
                                  .doing = "opening its folder",
                                  .expected = "a folder that does not exist or is empty",
                                  .got = "an earlier run",
                                  .where = out_.string(),
                                  .hint = "--resume continues it, --force starts anew."});
    }
  }

  void run() {
    world("sft", sizes_.sft_images);
    world("comparisons", sizes_.comparison_images);
    world("ppo", sizes_.ppo_images);
    world("benchmark", sizes_.benchmark_images);
    stage("sft", recipes::sft, "sft.toml",
          {"model.path=" + base_.string(), set("data.train", "data/sft/conversations.json"),
           images("sft")});
    const std::string policy = set("model.path", "sft/model");
    stage("sample", recipes::sample, "sample.toml",
          {policy, set("data.prompts", "data/comparisons/prompts.json"), images("comparisons")});
    stage("annotate", recipes::annotate, "annotate.toml",
          {set("data.samples", "sample/samples.jsonl"),
           set("data.benchmark", "data/comparisons/benchmark.jsonl")});
    evaluate("eval-sft", "SFT", "");
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      for (const bool has_facts : {false, true}) align(has_facts, seed);
    }
    finish();
  }

 private:
  // One seed of the reward model and PPO, without or with facts: everything else is equal.
  void align(bool has_facts, int64_t seed) {
    const std::string kind = has_facts ? "facts" : "plain";
    const std::string suffix = seed == 0 ? kind : fmt::format("{}-seed{}", kind, seed);
    const std::string policy = set("model.path", "sft/model");
    const std::string with_seed = fmt::format("run.seed={}", config_.run.seed + seed);
    const std::string file = "reward_" + kind + ".toml";
    const auto settings = config::load((root_ / "configs/world" / file).string(), {});
    const std::string prompt = (root_ / settings.config.reward.template_file).string();
    stage("reward-" + suffix, recipes::reward, file,
          {policy, with_seed, set("data.train", "annotate/comparisons.json"),
           set("data.eval", "annotate/held_out.json"),
           set("data.facts", "data/comparisons/facts.json"), images("comparisons"),
           "reward.template=" + prompt});
    stage("ppo-" + suffix, recipes::ppo, "ppo_" + kind + ".toml",
          {policy, with_seed, set("model.reward_adapter", "reward-" + suffix + "/adapter"),
           set("data.prompts", "data/ppo/prompts.json"), set("data.facts", "data/ppo/facts.json"),
           images("ppo"), set("data.benchmark", "data/ppo/benchmark.jsonl")});
    evaluate("eval-" + suffix, has_facts ? "Fact-RLHF" : "RLHF", "ppo-" + suffix + "/adapter");
  }

  void evaluate(const std::string& name, const std::string& model_name,
                const std::string& adapter) {
    std::vector<std::string> sets = {set("model.path", "sft/model"),
                                     set("data.benchmark", "data/benchmark/benchmark.jsonl"),
                                     images("benchmark"), "eval.model_name=" + model_name};
    if (!adapter.empty()) sets.push_back(set("model.adapter", adapter));
    stage(name, recipes::evaluate, "eval.toml", sets);
  }

  void world(const std::string& split, int64_t num_images) {
    stage("data/" + split, make_world, "",
          {"world.split=" + split, fmt::format("world.num_images={}", num_images)});
  }

  // Runs a stage in its folder; a finished one is left alone when resuming.
  void stage(const std::string& name, void (*start)(const Invocation&), const std::string& config,
             std::vector<std::string> sets) {
    const fs::path folder = out_ / name;
    stages_.push_back(name);
    if (invocation_.resume && train::RunFolder::is_finished(folder)) {
      log_info("demo: {} is done", name);
      return;
    }
    log_info("demo: {}", name);
    sets.insert(sets.begin(), fmt::format("run.seed={}", config_.run.seed));
    sets.push_back("run.out=" + folder.string());
    for (const auto& setting : sizes_.settings) sets.push_back(setting);
    for (const auto& setting : invocation_.loaded.sets) {
      const bool is_demos = setting.starts_with("demo.") || setting.starts_with("run.out=") ||
                            setting.starts_with("run.seed=");
      if (!is_demos) sets.push_back(setting);
    }
    const auto file =
        config.empty() ? std::nullopt : std::optional((root_ / "configs/world" / config).string());
    start({.loaded = config::load(file, sets),
           .resume = invocation_.resume,
           .force = invocation_.force,
           .command = invocation_.command});
  }

  void finish() {
    std::vector<report::Run> runs, evaluated;
    for (const auto& name : stages_) {
      if (!name.starts_with("data/")) runs.push_back(report::read_run(out_ / name));
      if (name.starts_with("eval-")) evaluated.push_back(runs.back());
    }
    const fs::path page = out_ / "report.html";
    write_file(page, report::html("Factually augmented RLHF on the synthetic world", runs));
    std::printf("\n%s\n%s\n%s\n", report::figures_table(evaluated).c_str(),
                report::reward_table(runs).c_str(), page.c_str());
  }

  std::string set(const std::string& key, const std::string& below_out) const {
    return key + "=" + (out_ / below_out).string();
  }
  std::string images(const std::string& split) const {
    return set("data.images", "data/" + split + "/images");
  }

  const Invocation& invocation_;
  const config::Config& config_;
  fs::path root_;
  fs::path out_;
  Sizes sizes_;
  fs::path base_;
  std::vector<std::string> stages_;
};

}  // namespace

void demo(const Invocation& invocation) { Demo(invocation).run(); }

}  // namespace plumbline::recipes
