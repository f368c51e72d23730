// Every stage at toy size, one after the other, as a user runs them: what the tests of stages begin
// from, made once for all of them.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/integration/metrics_of.h"
#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {

using support::Outcome;
using support::plumbline;
using testing::HasSubstr;

class Stages : public testing::Test {
 protected:
  using Arguments = std::vector<std::string>;

  // Makes the toy world, a tiny base and everything up to the reward models once for all tests.
  static void SetUpTestSuite() {
    scratch_ = new support::ScratchFolder;
    world("base", 40);
    world("sft", 24);
    world("comparisons", 40);
    world("ppo", 16);
    world("benchmark", 6);
    must(pretrain("pretrain", 32));
    must(sft("sft"));
    must(stage(
        "sample", "sample", "sample",
        {"model.path=" + at("sft/model"), "data.prompts=" + at("data/comparisons/prompts.json"),
         "data.images=" + at("data/comparisons/images"), "generation.max_tokens=40"}));
    must(stage("annotate", "annotate", "annotate",
               {"data.samples=" + at("sample/samples.jsonl"),
                "data.benchmark=" + at("data/comparisons/benchmark.jsonl")}));
    must(reward("reward-facts", true));
    must(reward("reward-plain", false));
    must(ppo("ppo-facts", true));
  }
  static void TearDownTestSuite() { delete scratch_; }

  static std::string at(const std::string& name) { return *scratch_ / name; }
  static void must(const Arguments& arguments) {
    const Outcome outcome = plumbline(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << arguments[0] << ": " << outcome.err;
  }
  // `plumbline COMMAND --config configs/world/CONFIG.toml --out OUT --set ...`
  static Arguments stage(const std::string& command, const std::string& config,
                         const std::string& out, const std::vector<std::string>& settings) {
    Arguments arguments = {command, "--config", "configs/world/" + config + ".toml", "--out",
                           at(out)};
    for (const auto& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    return arguments;
  }
  static void world(const std::string& split, int images) {
    must({"world", "--out", at("data/" + split), "--split", split, "--images",
          std::to_string(images), "--quiet"});
  }
  static Arguments pretrain(const std::string& out, int text_hidden) {
    return stage(
        "pretrain", "base", out,
        {"data.train=" + at("data/base/conversations.json"),
         "data.images=" + at("data/base/images"), "pretrain.tower_steps=6",
         "pretrain.tower_batch=8", "pretrain.vision_hidden=16", "pretrain.vision_intermediate=32",
         "pretrain.vision_heads=2", "pretrain.text_hidden=" + std::to_string(text_hidden),
         "pretrain.text_intermediate=48", "pretrain.text_heads=4", "pretrain.text_kv_heads=2",
         "pretrain.text_layers=2", "pretrain.vocab_size=400"});
  }
  static Arguments sft(const std::string& out) {
    return stage(
        "sft", "sft", out,
        {"model.path=" + at("pretrain/model"), "data.train=" + at("data/sft/conversations.json"),
         "data.images=" + at("data/sft/images"), "sft.epochs=12", "sft.batch_size=16",
         "optimizer.lr=3e-3", "run.checkpoint_every=3"});
  }
  static Arguments reward(const std::string& out, bool facts) {
    return stage("reward", facts ? "reward_facts" : "reward_plain", out,
                 {"model.path=" + at("sft/model"), "data.train=" + at("annotate/comparisons.json"),
                  "data.eval=" + at("annotate/held_out.json"),
                  "data.images=" + at("data/comparisons/images"),
                  "data.facts=" + at("data/comparisons/facts.json"), "reward.epochs=8",
                  "reward.batch_size=8", "run.checkpoint_every=4"});
  }
  static Arguments ppo(const std::string& out, bool facts) {
    return stage(
        "ppo", facts ? "ppo_facts" : "ppo_plain", out,
        {"model.path=" + at("sft/model"),
         "model.reward_adapter=" + at(facts ? "reward-facts/adapter" : "reward-plain/adapter"),
         "data.prompts=" + at("data/ppo/prompts.json"), "data.images=" + at("data/ppo/images"),
         "data.facts=" + at("data/ppo/facts.json"),
         "data.benchmark=" + at("data/ppo/benchmark.jsonl"), "ppo.total_steps=5",
         "ppo.rollout_size=8", "ppo.minibatch_size=4", "ppo.eval_every=2", "ppo.eval_items=9",
         "generation.max_tokens=24", "run.checkpoint_every=2"});
  }
  // Kills a run with `signal` when its first checkpoint is there, resumes it, and compares it with
  // one that was not disturbed.
  static void expect_same_after(int signal, Arguments arguments, const std::string& undisturbed,
                                const std::string& disturbed, const std::string& checkpoint) {
    const Outcome cut = support::plumbline_until(
        arguments, fs::path(at(disturbed)) / "checkpoints" / checkpoint, signal);
    EXPECT_EQ(cut.exit_code, 128 + signal) << cut.err;
    EXPECT_LT(metrics_of(at(disturbed)).size(), metrics_of(at(undisturbed)).size())
        << "it was not cut short";
    arguments.push_back("--resume");
    must(arguments);
    EXPECT_EQ(metrics_of(at(disturbed)), metrics_of(at(undisturbed)));
  }

  static inline support::ScratchFolder* scratch_ = nullptr;
};

}  // namespace plumbline
