// Every stage at toy size, one after the other, as a user runs them.
#include <gmock/gmock.h>

#include <signal.h>
#include <algorithm>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "plumbline/annotate/task_store.h"
#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using support::Outcome;
using support::plumbline;
using testing::HasSubstr;

// One line of metrics.jsonl without what differs between equal runs.
std::vector<nlohmann::json> metrics_of(const fs::path& run) {
  std::vector<nlohmann::json> result;
  std::istringstream lines(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    auto value = nlohmann::json::parse(line);
    for (auto it = value.begin(); it != value.end();) {
      it = it.key().starts_with("time/") ? value.erase(it) : std::next(it);
    }
    result.push_back(value);
  }
  return result;
}

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

  static support::ScratchFolder* scratch_;
};
support::ScratchFolder* Stages::scratch_ = nullptr;

TEST_F(Stages, SftLossFalls) {
  const auto metrics = metrics_of(at("sft"));
  EXPECT_LT(metrics.back()["loss"].get<double>(), 0.7 * metrics.front()["loss"].get<double>());
}

TEST_F(Stages, KilledAndResumedSftEqualsAnUndisturbedOneBitForBit) {
  expect_same_after(SIGKILL, sft("sft-killed"), "sft", "sft-killed", "step-000003");
  EXPECT_TRUE(read_file(at("sft/model/model.safetensors")) ==
              read_file(at("sft-killed/model/model.safetensors")));
}

TEST_F(Stages, BaseWeightsTrainInFp32WhateverTheDtype) {
  auto arguments = sft("sft-bf16");
  arguments.insert(arguments.end(), {"--dtype", "bfloat16", "--set", "sft.epochs=1"});
  must(arguments);
}

TEST_F(Stages, DropoutReachesTheAdapter) {
  auto arguments = reward("reward-dropout", true);
  arguments.insert(arguments.end(), {"--set", "lora.dropout=0.5"});
  must(arguments);
  EXPECT_NE(metrics_of(at("reward-dropout")).back()["loss"],
            metrics_of(at("reward-facts")).back()["loss"]);
}

TEST_F(Stages, ACompleteRunIsLeftAsItIsWhenResumed) {
  const std::string before = read_file(at("sft/metrics.jsonl"));
  auto arguments = sft("sft");
  arguments.push_back("--resume");
  const Outcome outcome = plumbline(arguments);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("already complete"));
  EXPECT_EQ(read_file(at("sft/metrics.jsonl")), before);
}

TEST_F(Stages, RewardModelLearnsItsPairs) {
  const auto metrics = metrics_of(at("reward-facts"));
  double first = 0, last = 0;
  const size_t n = metrics.size(), k = n / 4;
  for (size_t i = 0; i < k; ++i) {
    first += metrics[i]["loss"].get<double>();
    last += metrics[n - 1 - i]["loss"].get<double>();
  }
  EXPECT_LT(last, 0.8 * first);
  EXPECT_TRUE(metrics.back().contains("eval/accuracy"));
}

TEST_F(Stages, InterruptedAndResumedRewardEqualsAnUndisturbedOne) {
  expect_same_after(SIGINT, reward("reward-interrupted", true), "reward-facts",
                    "reward-interrupted", "step-000004");
  EXPECT_TRUE(read_file(at("reward-facts/adapter/adapter_model.safetensors")) ==
              read_file(at("reward-interrupted/adapter/adapter_model.safetensors")));
}

TEST_F(Stages, KilledAndResumedPpoEqualsAnUndisturbedOneBitForBit) {
  expect_same_after(SIGKILL, ppo("ppo-killed", true), "ppo-facts", "ppo-killed", "step-000002");
  EXPECT_TRUE(read_file(at("ppo-facts/adapter/adapter_model.safetensors")) ==
              read_file(at("ppo-killed/adapter/adapter_model.safetensors")));
}

TEST_F(Stages, FactsReachTheRewardModelAndNeverThePolicy) {
  // The same reward model, told to do without them.
  fs::copy(at("reward-facts/adapter"), at("reward-blind"));
  auto prompt = nlohmann::json::parse(read_file(at("reward-blind/reward_prompt.json")));
  EXPECT_EQ(prompt["facts"], true);
  prompt["facts"] = false;
  write_file(at("reward-blind/reward_prompt.json"), prompt.dump());
  auto without = ppo("ppo-without", true);
  without.insert(without.end(), {"--set", "model.reward_adapter=" + at("reward-blind")});
  must(without);
  const auto samples = [&](const std::string& run) {
    std::vector<nlohmann::json> lines;
    std::istringstream text(read_file(at(run + "/samples/step-000001.jsonl")));
    for (std::string line; std::getline(text, line);) {
      const auto sample = nlohmann::json::parse(line);
      if (sample["kind"] == "trained") lines.push_back(sample);  // before any step
    }
    return lines;
  };
  const auto with_facts = samples("ppo-facts"), without_facts = samples("ppo-without");
  ASSERT_EQ(with_facts.size(), without_facts.size());
  bool scores_differ = false;
  for (size_t i = 0; i < with_facts.size(); ++i) {
    EXPECT_EQ(with_facts[i]["answer"], without_facts[i]["answer"]);
    EXPECT_EQ(with_facts[i]["prompt"], without_facts[i]["prompt"]);
    scores_differ |= with_facts[i]["reward"]["score"] != without_facts[i]["reward"]["score"];
  }
  EXPECT_TRUE(scores_differ);
}

// Raw tokens are judged as they are, conversations with the prompt that lies beside the adapter.
TEST_F(Stages, ScoreGivesRewards) {
  const std::string in = at("to_score.jsonl");
  write_file(in, R"({"id": "talk", "prompt": "what is it?", "answer": "a red cup."})"
                 "\n"
                 R"({"id": "raw", "input_ids": [1, 20, 30, 40]})"
                 "\n"
                 R"({"id": "other", "input_ids": [1, 20, 30, 41]})"
                 "\n");
  const Outcome o =
      support::plumbline({"score", "--model", at("sft/model"), "--conversation", "brief", "--set",
                          "model.reward_adapter=" + at("reward-plain/adapter"), "--in", in});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  std::map<std::string, double> rewards;
  std::istringstream lines(o.out);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    rewards[json["id"]] = json["reward"].get<double>();
  }
  ASSERT_EQ(rewards.size(), 3u);
  EXPECT_NE(rewards["raw"], rewards["other"]);
}

TEST_F(Stages, DataCheckReadsWhatStagesWrite) {
  const auto check = [](const std::string& file) {
    return plumbline({"data", "check", at(file), "--images", at("data/comparisons/images"),
                      "--model", at("sft/model"), "--conversation", "brief"});
  };
  EXPECT_THAT(check("data/comparisons/prompts.json").out, HasSubstr("prompts about 40 pictures"));
  EXPECT_THAT(check("annotate/comparisons.json").out, HasSubstr("comparisons about"));
  write_file(*scratch_ / "one.json",
             R"([{"id": "1", "image": "../prompts.json", "conversations":
                 [{"from": "human", "value": "<image> what?"}]}])");
  const Outcome broken = check("one.json");
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_THAT(broken.err, HasSubstr("1 that cannot"));
}

TEST_F(Stages, SampleGoesOnWhereItWasKilled) {
  const std::vector<std::string> settings = {
      "model.path=" + at("sft/model"), "data.prompts=" + at("data/comparisons/prompts.json"),
      "data.images=" + at("data/comparisons/images"), "generation.max_tokens=40",
      // Portions of two prompts.
      "generation.batch_size=1", "generation.num_samples=6", "sample.pair_by=length"};
  must(stage("sample", "sample", "sample-whole", settings));
  EXPECT_TRUE(read_file(at("sample-whole/samples.jsonl")) == read_file(at("sample/samples.jsonl")))
      << "answers depend neither on portions nor on slots";
  auto arguments = stage("sample", "sample", "sample-cut", settings);
  const Outcome cut =
      support::plumbline_until(arguments, fs::path(at("sample-cut")) / "unfinished.jsonl", SIGKILL);
  EXPECT_EQ(cut.exit_code, 128 + SIGKILL) << cut.err;
  arguments.push_back("--resume");
  const Outcome resumed = plumbline(arguments);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("prompts are answered"));
  for (const char* file : {"samples.jsonl", "pairs.json"}) {
    EXPECT_TRUE(read_file(at(std::string("sample-cut/") + file)) ==
                read_file(at(std::string("sample-whole/") + file)))
        << file;
  }
  EXPECT_FALSE(fs::exists(at("sample-cut/unfinished.jsonl")));
}

TEST_F(Stages, SeveralAnnotatorsVoteAndAgreeAsFarAsTheirNoiseLets) {
  const auto annotated = [&](const std::string& out, const std::string& noise) {
    must(stage(
        "annotate", "annotate", out,
        {"data.samples=" + at("sample/samples.jsonl"),
         "data.benchmark=" + at("data/comparisons/benchmark.jsonl"), "annotate.num_annotators=4",
         "annotate.votes_per_pair=3", "annotate.noise=" + noise}));
    return metrics_of(at(out)).back();
  };
  const auto exact = annotated("annotate-exact", "0"), noisy = annotated("annotate-noisy", "20");
  EXPECT_EQ(exact["agreement"], 1);
  EXPECT_LT(noisy["agreement"].get<double>(), 0.8);
  EXPECT_LT(noisy["alpha"].get<double>(), 0.5);
  const auto records = nlohmann::json::parse(read_file(at("annotate-noisy/comparisons.json")));
  for (const auto& record : records) EXPECT_EQ(record["votes"].size(), 3U);
  const auto held_out = nlohmann::json::parse(read_file(at("annotate-noisy/held_out.json")));
  EXPECT_FALSE(held_out.front().contains("votes")) << "the truth";
}

TEST_F(Stages, PairsBecomeTasksForPeopleAndComeBackAsComparisons) {
  must(
      stage("sample", "sample", "sample-pairs",
            {"model.path=" + at("sft/model"), "data.prompts=" + at("data/comparisons/prompts.json"),
             "data.images=" + at("data/comparisons/images"), "generation.max_tokens=40",
             "sample.pair_by=random"}));
  const Arguments import = {"annotate", "import",          "--pairs", at("sample-pairs/pairs.json"),
                            "--store",  at("tasks.sqlite")};
  must(import);
  EXPECT_THAT(plumbline(import).err, HasSubstr("0 tasks added"));
  // Nobody has said anything yet.
  const Outcome early =
      plumbline({"annotate", "export", "--store", at("tasks.sqlite"), "--out", at("people")});
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_THAT(early.err, HasSubstr("pairs that somebody has compared"));
  EXPECT_EQ(
      plumbline({"annotate", "export", "--store", at("none"), "--out", at("none-out")}).exit_code,
      3);
  {
    annotate::TaskStore store(at("tasks.sqlite"));
    int64_t count = 0;
    while (const auto next = store.next("ann")) {
      const bool is_second = count++ % 2 == 1;
      store.answer("ann", next->task.id,
                   {.choice = is_second ? data::Choice::Second : data::Choice::First,
                    .hallucination_1 = false,
                    .hallucination_2 = true});
    }
  }
  must({"annotate", "export", "--store", at("tasks.sqlite"), "--out", at("people"), "--set",
        "annotate.held_out_share=0.4"});
  const auto said = nlohmann::json::parse(read_file(at("people/comparisons.json")));
  const auto held_out = nlohmann::json::parse(read_file(at("people/held_out.json")));
  const auto pairs = nlohmann::json::parse(read_file(at("sample-pairs/pairs.json")));
  EXPECT_EQ(said.size() + held_out.size(), pairs.size());
  std::set<std::string> images;
  for (const auto& record : said) {
    images.insert(record["image"].get<std::string>());
    EXPECT_EQ(record["votes"].size(), 1U);
    EXPECT_EQ(record["preference"], record["votes"][0]["choice"]);
    EXPECT_EQ(record["hallucination"], record["preference"] == 1) << "the worse answer's flag";
  }
  for (const auto& record : held_out) {
    EXPECT_FALSE(images.contains(record["image"].get<std::string>()));
  }
}

TEST_F(Stages, AuditTellsFactsFromNone) {
  const Outcome o =
      plumbline({"audit", at("reward-facts/adapter"), at("reward-plain/adapter"), "--out",
                 at("audit"), "--set", "data.eval=" + at("annotate/held_out.json"), "--set",
                 "data.facts=" + at("data/comparisons/facts.json"), "--set",
                 "data.images=" + at("data/comparisons/images"), "--set",
                 "data.benchmark=" + at("data/comparisons/benchmark.jsonl"), "--set",
                 "model.conversation=brief", "--set", "eval.bootstrap_samples=20", "--json"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  const auto audit = nlohmann::json::parse(o.out);
  ASSERT_EQ(audit["models"].size(), 5U) << "with facts as they should be and thrice otherwise";
  EXPECT_EQ(audit["models"][0]["name"], "reward-facts");
  EXPECT_EQ(audit["models"][4]["name"], "reward-plain");
  const double accuracy = metrics_of(at("reward-plain")).back()["eval/accuracy"].get<double>();
  EXPECT_NEAR(audit["models"][4]["accuracy"]["value"].get<double>(), accuracy, 1e-6)
      << "the same figure as training's own";
  EXPECT_FALSE(audit["models"][0]["probes"].empty());
  EXPECT_TRUE(fs::exists(at("audit/audit.html")));
}

TEST_F(Stages, TheBestOfSeveralAnswersIsChosen) {
  const Outcome o =
      plumbline({"score", "--reward", at("reward-facts/adapter"), "--conversation", "brief", "--in",
                 at("sample/samples.jsonl"), "--facts", at("data/comparisons/facts.json"),
                 "--images", at("data/comparisons/images")});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  std::istringstream lines(o.out);
  int64_t records = 0;
  for (std::string line; std::getline(lines, line); ++records) {
    const auto json = nlohmann::json::parse(line);
    const auto rewards = json["rewards"].get<std::vector<double>>();
    EXPECT_EQ(rewards.size(), 6U);
    EXPECT_EQ(rewards[json["best"].get<size_t>()],
              *std::max_element(rewards.begin(), rewards.end()));
  }
  EXPECT_EQ(records, 40);
}

TEST_F(Stages, AWholeRewardModelScoresAsItWasMeasured) {
  auto arguments = reward("reward-full", false);
  arguments.insert(arguments.end(), {"--set", "reward.train=full", "--set", "optimizer.lr=1e-3",
                                     "--set", "reward.epochs=1"});
  must(arguments);
  const Outcome o = plumbline({"audit", at("reward-full/model"), "--out", at("audit-full"), "--set",
                               "data.eval=" + at("annotate/held_out.json"), "--set",
                               "data.facts=" + at("data/comparisons/facts.json"), "--set",
                               "data.images=" + at("data/comparisons/images"), "--set",
                               "model.conversation=brief", "--set", "run.dtype=float32", "--set",
                               "eval.bootstrap_samples=0", "--json"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  const auto audit = nlohmann::json::parse(o.out);
  ASSERT_EQ(audit["models"].size(), 1U);
  EXPECT_NEAR(audit["models"][0]["accuracy"]["value"].get<double>(),
              metrics_of(at("reward-full")).back()["eval/accuracy"].get<double>(), 1e-6);
}

TEST_F(Stages, InspectShowsWhatTheRewardModelReads) {
  const Outcome o = plumbline({"inspect", at("sft/model"), "--example",
                               at("annotate/comparisons.json"), "--conversation", "brief", "--set",
                               "reward.template=configs/world/judge_before.toml", "--set",
                               "data.facts=" + at("data/comparisons/facts.json")});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("Facts:"));
  EXPECT_THAT(o.out, HasSubstr("Is the answer right?"));
  EXPECT_THAT(o.out, HasSubstr("the score is read at row"));
}

TEST_F(Stages, AHeadOfAnotherWidthIsRefused) {
  fs::copy(at("reward-plain/adapter"), at("reward-narrow"));
  // A head of 8 values for a model of 32.
  std::string bytes = R"({"bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                      R"("weight":{"dtype":"F32","shape":[1,8],"data_offsets":[4,36]}})";
  while (bytes.size() % 8 != 0) bytes += ' ';
  std::string header(8, '\0');
  header[0] = static_cast<char>(bytes.size());
  write_file(at("reward-narrow/reward_head.safetensors"), header + bytes + std::string(36, '\0'));
  write_file(at("one.jsonl"), R"({"prompt": "what is it?", "answer": "a cup."})");
  const Outcome o = plumbline({"score", "--reward", at("reward-narrow"), "--model", at("sft/model"),
                               "--conversation", "brief", "--in", at("one.jsonl")});
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, HasSubstr("width"));
}

TEST_F(Stages, PpoStartsAtItsReference) {
  const auto all = metrics_of(at("ppo-facts"));
  EXPECT_TRUE(all.at(0).contains("gold/score")) << "before anything is trained";
  EXPECT_EQ(all.at(1)["step"], 1);
  EXPECT_EQ(all.at(1)["kl/k1"].get<double>(), 0);
}

// Rows, temperature, end tokens and the cache all have to be right for these to agree.
TEST_F(Stages, PpoTrainsTheLogProbabilitiesItSampledWith) {
  int found = 0;
  for (const auto& metrics : metrics_of(at("ppo-facts"))) {
    if (!metrics.contains("policy/decoder_gap")) continue;  // the first gold score's line
    ++found;
    EXPECT_LT(metrics["policy/decoder_gap"].get<double>(), 1e-3);
  }
  EXPECT_EQ(found, 5);
}

TEST_F(Stages, PpoBeginsWithRatioOneAndDoesNotDependOnItsMicroBatches) {
  const auto run = [&](const std::string& name, const std::string& micro_tokens) {
    auto arguments = ppo(name, true);
    for (const std::string& setting :
         {std::string("ppo.total_steps=1"), std::string("ppo.epochs=1"),
          std::string("ppo.advantage=gae"), std::string("ppo.minibatch_size=8"),
          "ppo.micro_tokens=" + micro_tokens}) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    must(arguments);
    return metrics_of(at(name)).back();
  };
  const auto whole = run("ppo-whole", "1000000"), split = run("ppo-split", "1");
  EXPECT_NEAR(whole["policy/ratio_mean"].get<double>(), 1, 1e-5);
  EXPECT_EQ(whole["policy/clip_fraction"].get<double>(), 0);
  for (const char* name : {"loss/policy", "loss/value", "grad_norm", "policy/entropy"}) {
    EXPECT_NEAR(whole[name].get<double>(), split[name].get<double>(), 1e-4) << name;
  }
}

// Means of the first and the last four iterations of a run with a toy reward.
struct Rise {
  double first = 0, last = 0, kl = 0;
};
Rise rise_of(const fs::path& run, const char* figure) {
  const auto metrics = metrics_of(run);
  const auto mean = [&](const char* name, size_t from) {
    double sum = 0;
    for (size_t i = from; i < from + 4; ++i) sum += metrics[i][name].get<double>();
    return sum / 4;
  };
  const size_t end = metrics.size() - 4;
  return {mean(figure, 0), mean(figure, end), mean("kl/k1", end)};
}

// PPO learns what nothing but one term pays for, and does not go further than it must.
TEST_F(Stages, PpoRaisesToyRewards) {
  const auto run = [&](const std::string& name, std::vector<std::string> settings) {
    auto arguments = ppo(name, true);
    for (const char* common :
         {"ppo.total_steps=40", "ppo.rollout_size=48", "ppo.minibatch_size=24", "ppo.kl_coef=0.01",
          "ppo.eval_every=0", "ppo.repetition_penalty=0", "ppo.advantage=gae",
          "ppo.samples_per_prompt=1", "optimizer.lr=5e-3", "optimizer.schedule=constant"}) {
      arguments.insert(arguments.end(), {"--set", common});
    }
    for (const auto& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    must(arguments);
    return at(name);
  };
  const auto ended = rise_of(run("toy-end", {"ppo.missing_end_penalty=-20"}), "response/stopped");
  EXPECT_GT(ended.last, ended.first + 0.2);
  const auto length = rise_of(run("toy-short", {"ppo.length_penalty=-20"}), "response/length");
  EXPECT_LT(length.last, 0.85 * length.first);
  // Whether the answer says "red", told by a program of the user's.
  write_file(at("red.sh"),
             R"sh(sed 's/.*"answer":"\([^"]*\)".*/\1/' | awk '{ print ($0 ~ /red/) ? 1 : 0 }')sh");
  const auto word = rise_of(run("toy-word", {"ppo.missing_end_penalty=0",
                                             "ppo.user_terms=[\"red=5 sh " + at("red.sh") + "\"]"}),
                            "reward/red");
  EXPECT_GT(word.last, word.first + 0.6) << "of 5";
  for (const auto& rise : {ended, length, word}) EXPECT_LT(rise.kl, 10) << "nats per answer";
}

TEST_F(Stages, EvalAndReportGiveFiguresAndAPage) {
  const auto evaluate = [&](const std::string& name, const std::string& adapter) {
    must(stage("eval", "eval", name,
               {"model.path=" + at("sft/model"), "model.adapter=" + adapter,
                "data.benchmark=" + at("data/benchmark/benchmark.jsonl"),
                "data.images=" + at("data/benchmark/images"), "eval.bootstrap_samples=50",
                "eval.max_tokens=40"}));
  };
  evaluate("eval-sft", "");
  evaluate("eval-ppo", at("ppo-facts/adapter"));
  const auto figures = nlohmann::json::parse(read_file(at("eval-ppo/figures.json")));
  EXPECT_EQ(figures["figures"]["answers"], 6 * 7);
  must({"report", at("eval-sft"), at("eval-ppo"), at("ppo-facts"), at("reward-facts"), "--out",
        at("report.html")});
  EXPECT_THAT(read_file(at("report.html")), HasSubstr("<svg"));
}

TEST_F(Stages, EveryMetricIsDocumented) {
  const std::string docs = read_file("docs/metrics.md");
  for (const char* run : {"pretrain", "sft", "sample", "annotate", "reward-facts", "ppo-facts"}) {
    for (const auto& line : metrics_of(at(run))) {
      for (const auto& [name, value] : line.items()) {
        if (name == "step") continue;
        EXPECT_TRUE(docs.find("`" + name + "`") != std::string::npos) << run << ": " << name;
      }
    }
  }
}

TEST_F(Stages, AFullDiskLeavesTheLastCheckpoint) {
  auto arguments = sft("sft-full");
  const Outcome cut = support::plumbline_until(
      arguments, fs::path(at("sft-full")) / "checkpoints/step-000003", SIGKILL);
  ASSERT_EQ(cut.exit_code, 128 + SIGKILL);
  const auto weights = at("sft-full/checkpoints/step-000003/trainable.safetensors");
  const std::string before = read_file(weights);
  arguments.push_back("--resume");
  const Outcome full = plumbline(arguments, [] { support::limit_file_size(60 * 1000); });
  EXPECT_EQ(full.exit_code, 3) << full.err;
  EXPECT_THAT(full.err, HasSubstr("safetensors"));
  EXPECT_TRUE(read_file(weights) == before);
  must(arguments);
  EXPECT_EQ(metrics_of(at("sft-full")), metrics_of(at("sft")));
}

TEST_F(Stages, AnAdapterOfAnotherShapeIsRefused) {
  must(pretrain("other", 64));
  auto arguments = ppo("ppo-other", true);
  arguments.insert(arguments.end(), {"--set", "model.path=" + at("other/model")});
  const Outcome outcome = plumbline(arguments);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("expected"));
  EXPECT_FALSE(fs::exists(at("ppo-other")));
}

}  // namespace
}  // namespace plumbline
