// Every stage at toy size, one after the other, as a user runs them; reward and PPO have their own
// files.
#include <signal.h>

#include <set>

#include "plumbline/annotate/task_store.h"
#include "tests/integration/toy_stages.h"

namespace plumbline {
namespace {

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
  EXPECT_THAT(early.err, HasSubstr("pairs to train on that somebody has compared"));
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
