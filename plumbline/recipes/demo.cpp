// The whole method on the synthetic world. Each step is a stage as the command line would run it,
// with the files of configs/world; only paths, sizes and seeds are set here. With several seeds, or
// variants of the method, it is a study: the same with more pictures, and what they say of the
// method's claims.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/config/root_folder.h"
#include "plumbline/data/facts.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/recipes/demo_folder.h"
#include "plumbline/recipes/demo_plan.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/audit_page.h"
#include "plumbline/report/html.h"
#include "plumbline/report/run_page.h"
#include "plumbline/report/run_tables.h"
#include "plumbline/report/study_page.h"
#include "plumbline/report/summary_section.h"
#include "plumbline/study/claims_file.h"
#include "plumbline/study/method_claims.h"
#include "plumbline/study/variant.h"
#include "plumbline/tensor/device.h"

namespace plumbline::recipes {
namespace {

using study::Layout;

// How much of everything: the demo, or a smoke run of it.
struct Sizes {
  int64_t sft_images, more_images, comparison_images, ppo_images, benchmark_images, study_images;
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

// What its stages are made of.
constexpr Command kWorld{"world", make_world, "images", 4}, kSft{"sft", sft, "model", 40},
    kSample{"sample", sample, "samples.jsonl", 10},
    kAnnotate{"annotate", annotate, "comparisons.json", 2},
    kReward{"reward", reward, "adapter", 75}, kAudit{"audit", audit, "pairs.jsonl", 40},
    kPpo{"ppo", ppo, "adapter", 85}, kEval{"eval", evaluate, "answers.jsonl", 6},
    kScore{"score", score, "scores.jsonl", 6};
constexpr int64_t kStudySeed = 200;  // how far the study's pictures lie from the demo's
constexpr const char* kConversation = "model.conversation=brief";
const study::Variant kMethod{.name = study::kDefault};

class Demo {
 public:
  explicit Demo(const Invocation& invocation)
      : invocation_(invocation),
        config_(invocation.loaded.config),
        opening_{invocation.resume, invocation.force},
        root_(config::find_root()),
        layout_{!config_.run.out.empty() ? fs::path(config_.run.out)
                : config_.demo.quick     ? fs::path("runs/demo-quick")
                                         : fs::path("runs/demo")},
        sizes_(sizes_of(config_.demo.quick)),
        base_(fs::exists(config_.demo.base) ? fs::path(config_.demo.base)
                                            : root_ / config_.demo.base),
        plan_(invocation, layout_, root_, sizes_.settings) {
    if (!fs::exists(base_ / "config.json")) {
      throw IoError(Complaint{.component = "demo",
                              .doing = "looking for the model to start from",
                              .expected = "a model directory",
                              .got = "none",
                              .where = base_.string(),
                              .hint = "set demo.base, or make one: docs/guide/base.md."});
    }
    tensor::setup_device(config_.run.device, config_.run.threads);
    check_base();
    check_demo_folder(layout_.root, opening_, base_);
    if (is_study()) variants_ = read_chosen();
  }

  void run() {
    plan_method();
    if (is_study()) plan_study();
    const auto held = open_demo_folder(layout_.root, opening_);
    plan_.carry_out();
    finish();
  }

 private:
  bool is_study() const { return config_.demo.seeds > 1 || !config_.demo.variants.empty(); }

  // What some stage after the first would find out late.
  void check_base() const {
    auto base = engine::load_assistant(base_.string(), "brief", at::kFloat, at::kCPU);
    base.model.add_adapter("check", nn::adapter_spec(config_.lora), random_key(0, "demo.check"));
    engine::check_length(base, base.model.config().image_rows() + config_.generation.max_tokens,
                         "a picture and an answer of generation.max_tokens", base_.string());
  }

  // The method itself, and the variants that are wanted.
  std::vector<study::Variant> read_chosen() const {
    const std::string& wanted = config_.demo.variants;
    const auto all = study::read_variants((root_ / "configs/world/variants.toml").string());
    auto chosen = study::chosen_variants(all, wanted.empty() ? study::kUsualVariants : wanted);
    std::erase_if(chosen, [](const study::Variant& v) { return v.is_default(); });
    chosen.insert(chosen.begin(), kMethod);
    return chosen;
  }

  // Supervised model, comparisons, and seed by seed reward models and policies.
  void plan_method() {
    plan_split("sft", sizes_.sft_images);
    plan_split("comparisons", sizes_.comparison_images);
    plan_split("ppo", sizes_.ppo_images);
    plan_split("benchmark", sizes_.benchmark_images);
    plan_finetune(Layout::sft(0), 0, at("data/sft/conversations.json"));
    plan_.add("sample", kSample, "sample.toml",
              {{policy_base(), set("data.prompts", "data/comparisons/prompts.json"),
                images("comparisons")}});
    plan_annotate(kMethod);
    plan_evaluate("eval-sft", "SFT", "benchmark", Layout::sft(0), "");
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      for (const bool has_facts : {false, true}) {
        plan_reward(kMethod, has_facts, seed);
        plan_ppo(kMethod, has_facts, seed);
        plan_evaluate(Layout::evaluation(has_facts, seed), study::system_name(has_facts),
                      "benchmark", Layout::sft(0),
                      Layout::policy(study::kDefault, has_facts, seed));
      }
      plan_audit(seed);
    }
  }

  // What both reward models of a seed have learnt.
  void plan_audit(int64_t seed) {
    plan_.add(Layout::audit(seed), kAudit, "",
              {{policy_base(), kConversation, set("data.eval", "annotate/held_out.json"),
                set("data.facts", "data/comparisons/facts.json"), images("comparisons"),
                set("data.benchmark", "data/comparisons/benchmark.jsonl")},
               {reward_of(kMethod, false, seed), reward_of(kMethod, true, seed)}});
  }

  // What the claims need beyond that: more pictures, variants, models tuned on clean data, too.
  void plan_study() {
    // Pictures that nothing was chosen by: of another seed of the world.
    plan_.add(Layout::questions(), kWorld, "",
              {{fmt::format("run.seed={}", config_.run.seed + kStudySeed), "world.split=benchmark",
                fmt::format("world.num_images={}", sizes_.study_images)}});
    plan_answers(Layout::answers_of_sft(0), Layout::sft(0), "");
    plan_finetunes();
    for (const auto& variant : variants_) {
      try {
        plan_variant(variant);
      } catch (const ConfigError& e) {
        throw ConfigError(fmt::format("variant '{}': {}", variant.name, e.what()));
      }
    }
  }

  // Fine-tuning with other seeds; each with clean data mixed in, SFT+; and with as much more data
  // of SFT's own kind, so that one sees what is owed to more.
  void plan_finetunes() {
    plan_more_data("sft-clean", "sft-plus", {"world.unsupported_share=0"});
    plan_more_data("sft-more", "sft-and-more", {});
    for (int64_t seed = 0; seed < config_.demo.seeds; ++seed) {
      if (seed > 0) {
        plan_finetune(Layout::sft(seed), seed, at("data/sft/conversations.json"));
        plan_answers(Layout::answers_of_sft(seed), Layout::sft(seed), "");
      }
      plan_finetune(Layout::sft_plus(seed), seed, at("data/sft-plus.toml"));
      plan_answers(Layout::answers_of_sft_plus(seed), Layout::sft_plus(seed), "");
      plan_finetune(Layout::sft_more(seed), seed, at("data/sft-and-more.toml"));
      plan_answers(Layout::answers_of_sft_more(seed), Layout::sft_more(seed), "");
    }
  }

  // A split of further pictures, and the mixture of it and SFT's data.
  void plan_more_data(const std::string& split, const std::string& mixture,
                      std::vector<std::string> sets) {
    sets.insert(sets.end(),
                {fmt::format("run.seed={}", config_.run.seed + kStudySeed), "world.split=sft",
                 fmt::format("world.num_images={}", sizes_.more_images)});
    plan_.add("data/" + split, kWorld, "", {std::move(sets)});
    const fs::path file = layout_ / ("data/" + mixture + ".toml");
    plan_.add_file("data/" + mixture + ".toml", [file, split] {
      const auto source = [](const std::string& name) {
        return fmt::format(
            "[[source]]\nfile = \"{0}/conversations.json\"\nimages = \"{0}/images\"\n", name);
      };
      write_file(file, source("sft") + source(split));
    });
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
        if (variant.has_own_reward(has_facts)) plan_reward(variant, has_facts, seed);
        if (variant.has_own_policy(has_facts)) plan_ppo(variant, has_facts, seed);
        const std::string answers = Layout::answers(variant.name, has_facts, seed);
        plan_answers(answers, Layout::sft(0), policy_of(variant, has_facts, seed));
        plan_proxy(Layout::proxy(variant.name, has_facts, seed), variant, has_facts, seed, answers);
        plan_proxy(Layout::proxy_of_sft(variant.name, has_facts, seed), variant, has_facts, seed,
                   Layout::answers_of_sft(0));
      }
    }
  }

  void plan_split(const std::string& split, int64_t num_images) {
    plan_.add("data/" + split, kWorld, "",
              {{"world.split=" + split, fmt::format("world.num_images={}", num_images)}});
  }

  void plan_finetune(const std::string& name, int64_t seed, const std::string& data) {
    plan_.add(
        name, kSft, "sft.toml",
        {{"model.path=" + base_.string(), with_seed(seed), "data.train=" + data, images("sft")}});
  }

  void plan_annotate(const study::Variant& variant) {
    plan_.add(comparisons_of(variant), kAnnotate, "annotate.toml",
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
    plan_.add(Layout::reward(variant.name, has_facts, seed), kReward, file,
              {with({policy_base(), with_seed(seed),
                     set("data.train", comparisons_of(variant) + "/comparisons.json"),
                     set("data.eval", "annotate/held_out.json"),
                     "data.facts=" + facts_of(variant, "comparisons"), images("comparisons"),
                     "reward.template=" + prompt, fmt::format("reward.facts={}", has_facts)},
                    variant, "reward")});
  }

  void plan_ppo(const study::Variant& variant, bool has_facts, int64_t seed) {
    plan_.add(Layout::policy(variant.name, has_facts, seed), kPpo,
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
                     std::vector<std::string> more = {}) {
    more.insert(more.begin(), {set("model.path", model + "/model"),
                               set("data.benchmark", "data/" + split + "/benchmark.jsonl"),
                               images(split), "eval.model_name=" + model_name});
    if (!policy.empty()) more.push_back(set("model.adapter", policy + "/adapter"));
    plan_.add(name, kEval, "eval.toml", {std::move(more)});
  }

  // Greedy answers to the study's questions; intervals are its own.
  void plan_answers(const std::string& name, const std::string& model, const std::string& policy) {
    plan_evaluate(name, name, "study", model, policy, {"eval.bootstrap_samples=0"});
  }

  // The scores that a variant's reward model gives to answers.
  void plan_proxy(const std::string& name, const study::Variant& variant, bool has_facts,
                  int64_t seed, const std::string& answers) {
    std::vector<std::string> sets = {policy_base(), kConversation, images("study"),
                                     "model.reward_adapter=" + reward_of(variant, has_facts, seed)};
    if (has_facts) sets.push_back("data.facts=" + facts_of(variant, "study"));
    plan_.add(name, kScore, "", {std::move(sets), {}, at(answers + "/answers.jsonl")});
  }

  void plan_exchanged_facts(const study::Variant& variant, const std::string& split) {
    const fs::path from = layout_ / Layout::facts(split), to = facts_of(variant, split);
    plan_.add_file("study/" + variant.name + "/facts of " + split, [from, to] {
      make_folders(to.parent_path());
      data::write_facts(to.string(), study::exchanged(data::read_facts(from.string())));
    });
  }

  void finish() {
    std::vector<report::Run> runs, evaluated;
    for (const auto& name : plan_.runs()) {
      const bool is_of_study = name.starts_with("study/") || name.starts_with("audit");
      if (name.starts_with("data/") || is_of_study) continue;
      runs.push_back(report::read_run(layout_ / name));
      if (name.starts_with("eval-")) evaluated.push_back(runs.back());
    }
    std::printf("\n%s\n%s\n", report::figures_table(evaluated).c_str(),
                report::reward_table(runs).c_str());
    if (config_.demo.quick) {
      log_info(
          "demo: this was a smoke run, with so little data and training that the figures mean "
          "nothing");
    }
    const std::string study = is_study() ? finish_study() : "";
    const auto audit = report::read_audit(layout_ / Layout::audit(0) / "audit.json");
    const fs::path page = layout_ / "report.html";
    write_file(page, report::page("Factually augmented RLHF on the synthetic world",
                                  report::method_html() +
                                      (is_study() && !config_.demo.quick
                                           ? ""
                                           : report::summary_html(evaluated, config_.demo.quick)) +
                                      report::words_html() + study + report::runs_html(runs) +
                                      "<h2>What the reward models have learnt</h2>\n" +
                                      report::audit_sections_html(audit)));
    std::printf("%s\n", page.c_str());
  }

  // Prints the claims and returns their part of the page.
  std::string finish_study() {
    log_info("demo: intervals over seeds and pictures");
    study::StudyRun run{
        .command = invocation_.command, .runs = plan_.runs(), .seeds = config_.demo.seeds};
    for (const auto& variant : variants_) {
      run.variants.push_back(variant.name);
      if (variant.differs_in_kl_alone()) run.curve.push_back(variant.name);
    }
    const auto result = study::conclude(layout_, run,
                                        {.samples = config_.demo.quick ? 100 : 10000,
                                         .key = random_key(config_.run.seed, "study.bootstrap")});
    std::printf("%s\n%s\n", result.claims_table.c_str(), result.file.c_str());
    return report::study_html(result.record, result.file.string());
  }

  static std::string comparisons_of(const study::Variant& variant) {
    return Layout::comparisons(variant.name, variant.has_own_comparisons());
  }
  std::string facts_of(const study::Variant& variant, const std::string& split) const {
    return at(variant.has_exchanged_facts ? Layout::exchanged_facts(variant.name, split)
                                          : Layout::facts(split));
  }
  std::string reward_of(const study::Variant& variant, bool has_facts, int64_t seed) const {
    const std::string owner = variant.has_own_reward(has_facts) ? variant.name : study::kDefault;
    return at(Layout::reward(owner, has_facts, seed) + "/adapter");
  }
  static std::string policy_of(const study::Variant& variant, bool has_facts, int64_t seed) {
    const std::string owner = variant.has_own_policy(has_facts) ? variant.name : study::kDefault;
    return Layout::policy(owner, has_facts, seed);
  }

  // The stage's settings, then the variant's own.
  static std::vector<std::string> with(std::vector<std::string> sets, const study::Variant& variant,
                                       const std::string& stage) {
    const auto own = variant.settings_of(stage);
    sets.insert(sets.end(), own.begin(), own.end());
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

  const Invocation& invocation_;
  const config::Config& config_;
  DemoOpening opening_;
  fs::path root_;
  study::Layout layout_;
  Sizes sizes_;
  fs::path base_;
  DemoPlan plan_;
  std::vector<study::Variant> variants_;
};

}  // namespace

void demo(const Invocation& invocation) { Demo(invocation).run(); }

}  // namespace plumbline::recipes
