// The whole method on the synthetic world. Each step is a stage as the command line would run it,
// with the files of configs/world; only paths, sizes and seeds are set here. With several seeds, or
// variants of the method, it is a study: the same with more pictures, and what they say of the
// method's claims.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/data/facts.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/audit_page.h"
#include "plumbline/report/html.h"
#include "plumbline/report/run_page.h"
#include "plumbline/report/study_page.h"
#include "plumbline/study/record.h"
#include "plumbline/study/schedule.h"
#include "plumbline/study/variant.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

// How much of everything: the demo, or a smoke run of it.
struct Sizes {
  int64_t sft_images, clean_images, comparison_images, ppo_images, benchmark_images, study_images;
  std::vector<std::string> settings;  // for every stage that reads them
};

Sizes sizes_of(bool is_quick) {
  if (is_quick) {
    return {160,
            80,
            120,
            64,
            24,
            24,
            {"ppo.total_steps=3", "ppo.rollout_size=32", "ppo.minibatch_size=16",
             "ppo.eval_every=2", "ppo.eval_items=18", "generation.num_samples=3",
             "eval.bootstrap_samples=200", "sft.epochs=1", "reward.epochs=1"}};
  }
  return {4000, 2000, 2400, 2000, 300, 1500, {}};
}

// About how long stages take on two cores, for the time that is left.
struct Seconds {
  static constexpr double kWorld = 4, kFinetune = 35, kFinetunePlus = 50, kSample = 10,
                          kAnnotate = 2, kReward = 75, kPolicy = 85, kEvaluate = 3, kAnswers = 15,
                          kProxy = 12, kAudit = 40, kWrite = 0.1;
};

// Settings of a stage, and what it is given beside them.
struct Given {
  std::vector<std::string> sets = {};
  std::vector<std::string> inputs = {};
  std::string in = {};
};

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
        layout_{!config_.run.out.empty() ? fs::path(config_.run.out)
                : config_.demo.quick     ? fs::path("runs/demo-quick")
                                         : fs::path("runs/demo")},
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
    const fs::path& out = layout_.root;
    if (fs::exists(out) && !fs::is_empty(out) && !invocation.resume && !invocation.force) {
      throw ConfigError(Complaint{.component = "demo",
                                  .doing = "opening its folder",
                                  .expected = "a folder that does not exist or is empty",
                                  .got = "an earlier run",
                                  .where = out.string(),
                                  .hint = "--resume continues it, --force starts anew."});
    }
    if (is_study()) variants_ = read_chosen();
  }

  void run() {
    plan_method();
    if (is_study()) plan_study();
    study::carry_out("demo", steps_);
    finish();
  }

 private:
  bool is_study() const { return config_.demo.seeds > 1 || !config_.demo.variants.empty(); }

  // The method itself, and those that its claims speak of unless others are wanted.
  std::vector<study::Variant> read_chosen() const {
    const std::string& wanted = config_.demo.variants;
    const auto all = study::read_variants((root_ / "configs/world/variants.toml").string());
    auto chosen = study::chosen_variants(all, wanted.empty() ? "weak-kl,strong-kl,paper" : wanted);
    std::erase_if(chosen, [](const study::Variant& v) { return v.is_default(); });
    chosen.insert(chosen.begin(), default_);
    return chosen;
  }

  // Supervised model, comparisons, and seed by seed reward models and policies.
  void plan_method() {
    plan_split("sft", sizes_.sft_images);
    plan_split("comparisons", sizes_.comparison_images);
    plan_split("ppo", sizes_.ppo_images);
    plan_split("benchmark", sizes_.benchmark_images);
    plan_finetune(Layout::sft(0), 0, at("data/sft/conversations.json"));
    plan("sample", Seconds::kSample, recipes::sample, "sample.toml",
         {{policy_base(), set("data.prompts", "data/comparisons/prompts.json"),
           images("comparisons")}});
    plan_annotate(default_);
    plan_evaluate("eval-sft", "SFT", "benchmark", Layout::sft(0), "");
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      for (const bool has_facts : {false, true}) {
        plan_reward(default_, has_facts, seed);
        plan_ppo(default_, has_facts, seed);
        const std::string suffix = seed == 0 ? "" : fmt::format("-seed{}", seed);
        plan_evaluate("eval-" + Layout::kind(has_facts) + suffix, study::system_name(has_facts),
                      "benchmark", Layout::sft(0), Layout::policy("default", has_facts, seed));
      }
      plan_audit(seed);
    }
  }

  // What both reward models of a seed have learnt.
  void plan_audit(int64_t seed) {
    plan(Layout::audit(seed), Seconds::kAudit, recipes::audit, "",
         {{policy_base(), kConversation, set("data.eval", "annotate/held_out.json"),
           set("data.facts", "data/comparisons/facts.json"), images("comparisons"),
           set("data.benchmark", "data/comparisons/benchmark.jsonl")},
          {reward_of(default_, false, seed), reward_of(default_, true, seed)}});
  }

  // What the claims need beyond that: more pictures, variants, models tuned on clean data, too.
  void plan_study() {
    // Pictures that nothing was chosen by: of another seed of the world.
    plan(Layout::questions(), Seconds::kWorld, make_world, "",
         {{fmt::format("run.seed={}", config_.run.seed + kStudySeed), "world.split=benchmark",
           fmt::format("world.num_images={}", sizes_.study_images)}});
    plan_answers(Layout::answers_of_sft(0), Layout::sft(0), "");
    plan_finetunes();
    for (const auto& variant : variants_) plan_variant(variant);
  }

  // Fine-tuning with other seeds, and each with clean data mixed in: SFT+.
  void plan_finetunes() {
    plan("data/sft-clean", Seconds::kWorld, make_world, "",
         {{fmt::format("run.seed={}", config_.run.seed + kStudySeed), "world.split=sft",
           "world.unsupported_share=0", fmt::format("world.num_images={}", sizes_.clean_images)}});
    const fs::path mixture = layout_ / "data/sft-plus.toml";
    plan_write("data/sft-plus.toml", [mixture] {
      const auto source = [](const std::string& split) {
        return "[[source]]\nfile = \"" + split + "/conversations.json\"\nimages = \"" + split +
               "/images\"\n";
      };
      write_file(mixture, source("sft") + source("sft-clean"));
    });
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      if (seed > 0) {
        plan_finetune(Layout::sft(seed), seed, at("data/sft/conversations.json"));
        plan_answers(Layout::answers_of_sft(seed), Layout::sft(seed), "");
      }
      plan_finetune(Layout::sft_plus(seed), seed, mixture);
      plan_answers(Layout::answers_of_sft_plus(seed), Layout::sft_plus(seed), "");
    }
  }

  // A variant's policies, and what they and their reward models say of the study's pictures.
  void plan_variant(const study::Variant& variant) {
    if (variant.has_exchanged_facts) {
      for (const char* split : {"comparisons", "ppo", "study"})
        plan_exchanged_facts(variant, split);
    }
    if (variant.has_own_comparisons()) plan_annotate(variant);
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      for (const bool has_facts : {false, true}) {
        if (variant.has_own_reward()) plan_reward(variant, has_facts, seed);
        if (!variant.is_default()) plan_ppo(variant, has_facts, seed);
        const std::string answers = Layout::answers(variant.name, has_facts, seed);
        plan_answers(answers, Layout::sft(0), Layout::policy(variant.name, has_facts, seed));
        plan_proxy(Layout::proxy(variant.name, has_facts, seed), variant, has_facts, seed, answers);
        plan_proxy(Layout::proxy_of_sft(variant.name, has_facts, seed), variant, has_facts, seed,
                   Layout::answers_of_sft(0));
      }
    }
  }

  void plan_split(const std::string& split, int64_t num_images) {
    plan("data/" + split, Seconds::kWorld, make_world, "",
         {{"world.split=" + split, fmt::format("world.num_images={}", num_images)}});
  }

  void plan_finetune(const std::string& name, int64_t seed, const fs::path& data) {
    const bool is_mixture = data.extension() == ".toml";
    plan(name, is_mixture ? Seconds::kFinetunePlus : Seconds::kFinetune, recipes::sft, "sft.toml",
         {{"model.path=" + base_.string(), with_seed(seed), "data.train=" + data.string(),
           images("sft")}});
  }

  void plan_annotate(const study::Variant& variant) {
    plan(comparisons_of(variant), Seconds::kAnnotate, recipes::annotate, "annotate.toml",
         {with({set("data.samples", "sample/samples.jsonl"),
                set("data.benchmark", "data/comparisons/benchmark.jsonl")},
               variant, "annotate")});
  }

  // One seed of the reward model, without or with facts: everything else is equal. The held-out
  // pairs are the demo's for every variant.
  void plan_reward(const study::Variant& variant, bool has_facts, int64_t seed) {
    const std::string file = "reward_" + Layout::kind(has_facts) + ".toml";
    const auto settings = config::load((root_ / "configs/world" / file).string(), {});
    const std::string prompt = (root_ / settings.config.reward.template_file).string();
    plan(Layout::reward(variant.name, has_facts, seed), Seconds::kReward, recipes::reward, file,
         {with({policy_base(), with_seed(seed),
                set("data.train", comparisons_of(variant) + "/comparisons.json"),
                set("data.eval", "annotate/held_out.json"),
                "data.facts=" + facts_of(variant, "comparisons"), images("comparisons"),
                "reward.template=" + prompt},
               variant, "reward")});
  }

  void plan_ppo(const study::Variant& variant, bool has_facts, int64_t seed) {
    plan(Layout::policy(variant.name, has_facts, seed), Seconds::kPolicy, recipes::ppo,
         "ppo_" + Layout::kind(has_facts) + ".toml",
         {with({policy_base(), with_seed(seed),
                "model.reward_adapter=" + reward_of(variant, has_facts, seed),
                set("data.prompts", "data/ppo/prompts.json"),
                "data.facts=" + facts_of(variant, "ppo"), images("ppo"),
                set("data.benchmark", "data/ppo/benchmark.jsonl")},
               variant, "ppo")});
  }

  void plan_evaluate(const std::string& name, const std::string& model_name,
                     const std::string& split, const std::string& model, const std::string& policy,
                     std::vector<std::string> more = {}, double seconds = Seconds::kEvaluate) {
    more.insert(more.begin(), {set("model.path", model + "/model"),
                               set("data.benchmark", "data/" + split + "/benchmark.jsonl"),
                               images(split), "eval.model_name=" + model_name});
    if (!policy.empty()) more.push_back(set("model.adapter", policy + "/adapter"));
    plan(name, seconds, recipes::evaluate, "eval.toml", {std::move(more)});
  }

  // Greedy answers to the study's questions; intervals are its own.
  void plan_answers(const std::string& name, const std::string& model, const std::string& policy) {
    plan_evaluate(name, name, "study", model, policy, {"eval.bootstrap_samples=0"},
                  Seconds::kAnswers);
  }

  // The scores that a variant's reward model gives to answers.
  void plan_proxy(const std::string& name, const study::Variant& variant, bool has_facts,
                  int64_t seed, const std::string& answers) {
    std::vector<std::string> sets = {policy_base(), kConversation, images("study"),
                                     "model.reward_adapter=" + reward_of(variant, has_facts, seed)};
    if (has_facts) sets.push_back("data.facts=" + facts_of(variant, "study"));
    plan(name, Seconds::kProxy, recipes::score, "",
         {std::move(sets), {}, at(answers + "/answers.jsonl")});
  }

  void plan_exchanged_facts(const study::Variant& variant, const std::string& split) {
    const fs::path from = layout_ / "data" / split / "facts.json", to = facts_of(variant, split);
    plan_write("study/" + variant.name + "/facts of " + split, [from, to] {
      make_folders(to.parent_path());
      data::write_facts(to.string(), study::exchanged(data::read_facts(from.string())));
    });
  }

  // A file that is made anew each time.
  void plan_write(const std::string& name, std::function<void()> write) {
    steps_.push_back({.name = name, .seconds = Seconds::kWrite, .run = std::move(write)});
  }

  // A stage in its folder; a finished one is left alone when resuming.
  void plan(const std::string& name, double seconds, void (*start)(const Invocation&),
            const std::string& config, Given given) {
    const fs::path folder = layout_ / name;
    runs_.push_back(name);
    steps_.push_back({.name = name,
                      .seconds = seconds,
                      .is_done = invocation_.resume && train::RunFolder::is_finished(folder),
                      .run = [this, folder, start, config, given] {
                        start(invocation_of(folder, config, given));
                      }});
  }

  Invocation invocation_of(const fs::path& folder, const std::string& config,
                           const Given& given) const {
    auto sets = given.sets;
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
    return {.loaded = config::load(file, sets),
            .resume = invocation_.resume,
            .force = invocation_.force,
            .is_silent = true,
            .command = invocation_.command,
            .inputs = given.inputs,
            .in = given.in};
  }

  void finish() {
    std::vector<report::Run> runs, evaluated;
    for (const auto& name : runs_) {
      const bool is_of_study = name.starts_with("study/") || name.starts_with("audit");
      if (name.starts_with("data/") || is_of_study) continue;
      runs.push_back(report::read_run(layout_ / name));
      if (name.starts_with("eval-")) evaluated.push_back(runs.back());
    }
    std::printf("\n%s\n%s\n", report::figures_table(evaluated).c_str(),
                report::reward_table(runs).c_str());
    const std::string study = is_study() ? finish_study() : "";
    const auto audit = report::read_audit(layout_ / Layout::audit(0) / "audit.json");
    const fs::path page = layout_ / "report.html";
    write_file(page, report::page("Factually augmented RLHF on the synthetic world",
                                  report::method_html() + study + report::runs_html(runs) +
                                      "<h2>What the reward models have learnt</h2>\n" +
                                      report::audit_sections_html(audit)));
    std::printf("%s\n", page.c_str());
  }

  // Writes claims.json and claims.md, prints the claims, and returns their part of the page.
  std::string finish_study() {
    log_info("demo: intervals over seeds and pictures");
    study::StudyRun run{.command = invocation_.command, .runs = runs_, .seeds = config_.demo.seeds};
    for (const auto& variant : variants_) run.variants.push_back(variant.name);
    const auto evidence = study::read_evidence(
        layout_, run.variants, run.seeds,
        {.samples = config_.demo.quick ? 100 : 1000,
         .key = random_key(static_cast<uint64_t>(config_.run.seed), "study.bootstrap")});
    const auto claims = study::claims_of(evidence);
    const auto record = study::study_record(layout_, run, evidence, claims);
    const std::string table = study::claims_table(claims);
    const fs::path file = layout_ / "claims.json";
    write_file(file, record.dump(1) + "\n");
    write_file(layout_ / "claims.md", table + "\n" + study::variants_table(evidence, run.variants));
    std::printf("%s\n%s\n", table.c_str(), file.c_str());
    return report::study_html(nlohmann::json::parse(record.dump()), file.string());
  }

  static std::string comparisons_of(const study::Variant& variant) {
    return variant.has_own_comparisons() ? "study/" + variant.name + "/annotate" : "annotate";
  }
  std::string facts_of(const study::Variant& variant, const std::string& split) const {
    return variant.has_exchanged_facts ? at("study/" + variant.name + "/" + split + "-facts.json")
                                       : at("data/" + split + "/facts.json");
  }
  std::string reward_of(const study::Variant& variant, bool has_facts, int64_t seed) const {
    const std::string owner = variant.has_own_reward() ? variant.name : "default";
    return at(Layout::reward(owner, has_facts, seed) + "/adapter");
  }

  // The stage's settings, then the variant's own.
  static std::vector<std::string> with(std::vector<std::string> sets, const study::Variant& variant,
                                       const std::string& stage) {
    const auto own = variant.settings.find(stage);
    if (own != variant.settings.end()) {
      sets.insert(sets.end(), own->second.begin(), own->second.end());
    }
    return sets;
  }
  std::string at(const std::string& below) const { return (layout_ / below).string(); }
  std::string set(const std::string& key, const std::string& below) const {
    return key + "=" + at(below);
  }
  std::string with_seed(int64_t seed) const {
    return fmt::format("run.seed={}", config_.run.seed + seed);
  }
  std::string policy_base() const { return set("model.path", Layout::sft(0) + "/model"); }
  std::string images(const std::string& split) const {
    return set("data.images", "data/" + split + "/images");
  }

  using Layout = study::Layout;
  static constexpr int64_t kStudySeed = 100;  // how far the study's pictures lie from the demo's
  static constexpr const char* kConversation = "model.conversation=brief";
  inline static const study::Variant default_{.name = "default"};

  const Invocation& invocation_;
  const config::Config& config_;
  fs::path root_;
  study::Layout layout_;
  Sizes sizes_;
  fs::path base_;
  std::vector<study::Variant> variants_;
  std::vector<std::string> runs_;
  std::vector<study::Step> steps_;
};

}  // namespace

void demo(const Invocation& invocation) { Demo(invocation).run(); }

}  // namespace plumbline::recipes
