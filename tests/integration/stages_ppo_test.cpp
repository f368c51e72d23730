// PPO with a reward model of the toy world, as a user runs it.
#include <signal.h>

#include <sstream>

#include "tests/integration/toy_stages.h"

namespace plumbline {
namespace {

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

}  // namespace
}  // namespace plumbline
