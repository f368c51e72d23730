// Reward models and what scores with them, at toy size, as a user runs them.
#include <signal.h>

#include <sstream>

#include "tests/integration/toy_stages.h"

namespace plumbline {
namespace {

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

}  // namespace
}  // namespace plumbline
