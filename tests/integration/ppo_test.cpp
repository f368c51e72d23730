// PPO on a tiny random model, as a user runs it: estimators, bases, processes, interruptions, bad
// input. What its numbers are is compared in tests/golden/ppo_test.cpp.
#include <gmock/gmock.h>

#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/integration/metrics_of.h"
#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;
using support::Outcome;
using testing::HasSubstr;
using Arguments = std::vector<std::string>;

const std::string kPpo = "tests/golden/ppo/", kTraining = "tests/golden/training/",
                  kReward = "tests/golden/reward/";

class PpoRuns : public support::Scratch {
 protected:
  Arguments ppo(const std::string& out, const Arguments& settings = {}) const {
    Arguments all = {"ppo", "--quiet", "--out", at(out)};
    Arguments sets = {"run.dtype=float32",
                      "run.threads=1",
                      "model.path=" + kTraining + "base",
                      "model.adapter=" + kPpo + "policy",
                      "model.conversation=vicuna_v1",
                      "model.reward_adapter=" + kReward + "start",
                      "reward.template=" + kReward + "turn.toml",
                      "data.prompts=" + kPpo + "prompts.json",
                      "data.images=" + kTraining + "images",
                      "data.facts=" + kPpo + "facts.json",
                      "generation.max_tokens=8",
                      "ppo.total_steps=4",
                      "ppo.rollout_size=8",
                      "ppo.minibatch_size=4",
                      "optimizer.lr=1e-3"};
    sets.insert(sets.end(), settings.begin(), settings.end());
    for (const auto& set : sets) all.insert(all.end(), {"--set", set});
    return all;
  }
  std::string at(const std::string& name) const { return path(name); }

  static Outcome together(int count, const Arguments& arguments) {
    Arguments all = support::mpirun(count);
    all.push_back(support::program());
    all.insert(all.end(), arguments.begin(), arguments.end());
    return support::run(all);
  }

  static void must(const Outcome& o) { ASSERT_EQ(o.exit_code, 0) << o.err; }
  std::string refused(const Arguments& arguments, int code) const {
    const Outcome o = support::plumbline(arguments);
    EXPECT_EQ(o.exit_code, code) << o.err;
    return o.err;
  }

  std::vector<json> metrics(const std::string& run) const { return metrics_of(folder_ / run); }
  std::string adapter(const std::string& run) const {
    return read_file(at(run + "/adapter/adapter_model.safetensors"));
  }
};

// Everything that must be remembered is switched on: the coefficient, the scores' statistics, the
// alarms' first figures, the moments of the optimiser.
TEST_F(PpoRuns, GoOnBitForBitFromEveryIteration) {
  const Arguments settings = {
      "ppo.score_scale=running", "ppo.kl_controller=adaptive", "ppo.kl_target=0.01",
      "ppo.kl_horizon=16",       "ppo.length_alarm=1.001",     "run.checkpoint_every=1",
      "run.keep_checkpoints=99", "generation.temperature=0.9", "optimizer.schedule=cosine"};
  must(support::plumbline(ppo("whole", settings)));
  const auto whole = metrics("whole");
  ASSERT_EQ(whole.size(), 4U);
  EXPECT_NE(whole[0]["kl/coefficient"], whole[3]["kl/coefficient"]);
  for (int64_t step = 1; step < 4; ++step) {
    const std::string cut = "cut-" + std::to_string(step);
    fs::copy(at("whole"), at(cut), fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(at(cut + "/checkpoints"))) {
      if (std::stoll(entry.path().filename().string().substr(5)) > step) {
        fs::remove_all(entry.path());
      }
    }
    auto arguments = ppo(cut, settings);
    arguments.push_back("--resume");
    must(support::plumbline(arguments));
    EXPECT_EQ(metrics(cut), whole) << "after iteration " << step;
    EXPECT_TRUE(adapter(cut) == adapter("whole")) << "after iteration " << step;
  }
}

// No checkpoint is asked for: the signal makes one, wherever in an iteration it comes.
TEST_F(PpoRuns, ASignalLosesNothing) {
  const Arguments settings = {"ppo.total_steps=60", "ppo.samples_every=1"};
  must(support::plumbline(ppo("whole", settings)));
  auto arguments = ppo("cut", settings);
  // Samples are written within an iteration, whose weights have changed by then.
  const Outcome cut = support::plumbline_until(
      arguments, fs::path(at("cut")) / "samples/step-000003.jsonl", SIGTERM);
  EXPECT_EQ(cut.exit_code, 128 + SIGTERM) << cut.err;
  EXPECT_FALSE(fs::is_empty(at("cut/checkpoints")));
  arguments.push_back("--resume");
  const Outcome resumed = support::plumbline(arguments);
  must(resumed);
  EXPECT_EQ(metrics("cut"), metrics("whole"));
  EXPECT_TRUE(adapter("cut") == adapter("whole"));
}

// The same answers, advantages, losses and steps, up to the order of sums.
TEST_F(PpoRuns, TwoProcessesDoWhatOneDoes) {
  if (!support::has_mpi()) GTEST_SKIP() << "built without MPI";
  for (const Arguments& settings :
       {Arguments{"ppo.score_scale=running"}, Arguments{"ppo.positions=padded", "ppo.lambda=1"},
        Arguments{"ppo.advantage=grpo", "ppo.samples_per_prompt=2", "ppo.kl_in=loss",
                  "ppo.kl_estimator=k3", "ppo.loss_weights=answers"}}) {
    const std::string name = std::to_string(settings.size());
    must(support::plumbline(ppo("one" + name, settings)));
    must(together(2, ppo("two" + name, settings)));
    const auto alone = metrics("one" + name), both = metrics("two" + name);
    ASSERT_EQ(alone.size(), both.size());
    for (size_t i = 0; i < alone.size(); ++i) {
      ASSERT_EQ(alone[i].size(), both[i].size());
      for (const auto& [key, value] : alone[i].items()) {
        const double wanted = value.get<double>();
        EXPECT_NEAR(both[i][key].get<double>(), wanted, 2e-4 * (1 + std::abs(wanted)))
            << key << " of iteration " << i + 1 << ", " << settings[0];
      }
    }
  }
}

// Some have no answer in some minibatches.
TEST_F(PpoRuns, ProcessesMayHaveNothingToDo) {
  if (!support::has_mpi()) GTEST_SKIP() << "built without MPI";
  const Arguments settings = {"ppo.minibatch_size=2", "ppo.total_steps=2"};
  must(support::plumbline(ppo("one", settings)));
  must(together(3, ppo("three", settings)));
  const auto alone = metrics("one"), all = metrics("three");
  ASSERT_EQ(alone.size(), all.size());
  for (const char* key : {"loss/policy", "loss/value", "grad_norm", "policy/entropy"}) {
    EXPECT_NEAR(alone.back()[key].get<double>(), all.back()[key].get<double>(), 2e-4) << key;
  }
}

TEST_F(PpoRuns, EstimatorsWithoutAValueModelHaveNone) {
  for (const char* kind : {"rloo", "grpo", "reinforce_pp"}) {
    must(support::plumbline(
        ppo(kind, {std::string("ppo.advantage=") + kind, "ppo.samples_per_prompt=2",
                   "ppo.total_steps=2", "run.checkpoint_every=1"})));
    const auto last = metrics(kind).back();
    EXPECT_FALSE(last.contains("loss/value")) << kind;
    EXPECT_GT(last["grad_norm"].get<double>(), 0) << kind;
    EXPECT_GT(last["kl/k1"].get<double>(), -1) << kind;
  }
}

// With the same base twice the reward model's own base changes nothing.
TEST_F(PpoRuns, ASecondBaseScoresAndHoldsTheValues) {
  must(support::plumbline(ppo("one")));
  must(support::plumbline(ppo("two", {"model.reward_base=" + kTraining + "base"})));
  const auto one = metrics("one"), two = metrics("two");
  ASSERT_EQ(one.size(), two.size());
  for (size_t i = 0; i < one.size(); ++i) {
    for (const char* key : {"score/model", "loss/policy", "loss/value", "grad_norm"}) {
      EXPECT_NEAR(one[i][key].get<double>(), two[i][key].get<double>(), 1e-4) << key;
    }
  }
  EXPECT_THAT(refused(ppo("other", {"model.reward_base=tests/golden/tiny_llava"}), 3),
              testing::AnyOf(HasSubstr("rank"), HasSubstr("layer"), HasSubstr("shape"),
                             HasSubstr("expected")));
}

TEST_F(PpoRuns, ACompleteRunIsOnlyThatOfTheSameSettings) {
  auto again = ppo("done", {"ppo.total_steps=1"});
  must(support::plumbline(again));
  again.push_back("--resume");
  must(support::plumbline(again));
  auto longer = ppo("done", {"ppo.total_steps=2"});
  longer.push_back("--resume");
  EXPECT_THAT(refused(longer, 2), HasSubstr("total_steps"));
}

TEST_F(PpoRuns, AUsersTermIsAddedAndItsFailureNamesIt) {
  must(support::plumbline(
      ppo("ones", {"ppo.total_steps=1", R"(ppo.user_terms=["one=0.5 sed 's/.*/2/'"])"})));
  const auto first = metrics("ones").front();
  EXPECT_EQ(first["reward/one"], 1.0);
  EXPECT_EQ(first["reward/one_std"], 0.0);
  EXPECT_GT(first["reward/one_share"].get<double>(), 0);
  EXPECT_THAT(refused(ppo("text", {R"(ppo.user_terms=["one=1 sed 's/.*/much/'"])"}), 3),
              testing::AllOf(HasSubstr("'one'"), HasSubstr("much")));
  EXPECT_THAT(refused(ppo("few", {R"(ppo.user_terms=["one=1 head -n 1"])"}), 3),
              HasSubstr("'one'"));
  EXPECT_THAT(refused(ppo("fails", {R"(ppo.user_terms=["one=1 sh -c 'echo broken >&2; exit 3'"])",
                                    "ppo.user_term_retries=0"}),
                      3),
              HasSubstr("broken"));
  EXPECT_THAT(refused(ppo("slow", {R"(ppo.user_terms=["one=1 sleep 20"])",
                                   "ppo.user_term_timeout=0.2", "ppo.user_term_retries=0"}),
                      3),
              HasSubstr("'one'"));
  EXPECT_THAT(refused(ppo("down", {R"(ppo.user_terms=["one=1 http://127.0.0.1:9/score"])",
                                   "ppo.user_term_retries=0"}),
                      3),
              HasSubstr("127.0.0.1:9"));
  EXPECT_THAT(refused(ppo("form", {R"(ppo.user_terms=["nothing"])"}), 2), HasSubstr("NAME=WEIGHT"));
  EXPECT_THAT(refused(ppo("ours", {R"(ppo.user_terms=["score=1 cat"])"}), 2), HasSubstr("'score'"));
}

TEST_F(PpoRuns, AKlBeyondTheCeilingEndsTheRunAndKeepsItsCheckpoint) {
  const auto arguments =
      ppo("ceiling", {"ppo.kl_ceiling=0.01", "optimizer.lr=0.05", "ppo.total_steps=50"});
  EXPECT_THAT(refused(arguments, 4), testing::AllOf(HasSubstr("ppo.kl_ceiling"), HasSubstr("KL")));
  EXPECT_FALSE(fs::is_empty(at("ceiling/checkpoints")));
}

TEST_F(PpoRuns, InnerStepsEndAtTheirLimit) {
  must(support::plumbline(
      ppo("limit", {"ppo.step_kl_limit=1e-6", "optimizer.lr=0.05", "ppo.epochs=4"})));
  const auto steps = metrics("limit").front()["optimiser_steps"].get<double>();
  EXPECT_GE(steps, 1);
  EXPECT_LT(steps, 8);
}

TEST_F(PpoRuns, AnswersMayBeCutAndStopped) {
  must(support::plumbline(ppo("cut", {"ppo.cut_at=[e]", "ppo.total_steps=1"})));
  must(support::plumbline(ppo("stop", {"generation.stop=[e]", "ppo.total_steps=1"})));
  const auto cut = metrics("cut").front(), stop = metrics("stop").front();
  EXPECT_EQ(cut["response/length"], stop["response/length"]);
  EXPECT_GT(stop["response/stopped"].get<double>(), cut["response/stopped"].get<double>());
}

TEST_F(PpoRuns, WhatDoesNotFitIsRefusedBeforeAnythingStarts) {
  EXPECT_THAT(refused(ppo("long", {"generation.max_tokens=4000"}), 3), HasSubstr("prompt '"));
  EXPECT_THAT(refused(ppo("facts", {"data.facts=tests/golden/reward/one_fact.json",
                                    "data.prompts=" + at("prompts.json")}),
                      3),
              HasSubstr("prompts.json"));
  EXPECT_THAT(refused(ppo("base", {"model.adapter=tests/golden/tiny_llava/adapter"}), 3),
              HasSubstr("expected"));
  EXPECT_THAT(refused(ppo("greedy", {"generation.temperature=0"}), 2), HasSubstr("temperature"));
  for (const char* out : {"long", "facts", "base", "greedy"}) EXPECT_FALSE(fs::exists(at(out)));
}

// No image of the prompts has facts.
TEST_F(PpoRuns, FactsThatAreMissingAreRefusedOrAllowed) {
  write_file(at("none.json"), R"({"somewhere_else.png": ["a cup"]})");
  const Arguments settings = {"data.facts=" + at("none.json"), "ppo.total_steps=1"};
  EXPECT_THAT(refused(ppo("none", settings), 3), HasSubstr("facts for every image"));
  auto allowed = settings;
  allowed.push_back("data.missing_facts=allow");
  must(support::plumbline(ppo("none", allowed)));
}

}  // namespace
}  // namespace plumbline
