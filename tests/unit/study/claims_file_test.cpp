#include "plumbline/study/claims_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/study/method_claims.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

void write_run(const fs::path& folder, const std::string& revision, double seconds) {
  make_folders(folder);
  write_file(folder / "run.json", nlohmann::json{{"plumbline", "0.1"},
                                                 {"revision", revision},
                                                 {"processor", "X"},
                                                 {"threads", 2},
                                                 {"seconds", seconds},
                                                 {"peak_memory_bytes", seconds * 100}}
                                      .dump());
}

TEST(StudyRecord, HoldsClaimsPoliciesAndCosts) {
  ToyStudy toy;
  write_run(toy.layout / "sft", "abc", 30);
  write_run(toy.layout / "ppo-facts", "def", 12);
  const auto evidence = read_evidence(toy.layout, {"default"}, ToyStudy::kSeeds,
                                      {.samples = 20, .key = random_key(1, "test")});
  const StudyRun run{.command = {"plumbline", "demo"},
                     .runs = {"sft", "ppo-facts"},
                     .variants = {"default"},
                     .seeds = 2};
  const auto record = study_record(toy.layout, run, evidence, method_claims(evidence));
  EXPECT_EQ(record["seconds"], 42);
  EXPECT_EQ(record["peak_memory_bytes"], 3000);
  EXPECT_EQ(record["revisions"], (nlohmann::json{"abc", "def"}));
  EXPECT_EQ(record["images"], 8);
  EXPECT_EQ(record["claims"].size(), 7U);
  ASSERT_EQ(record["policies"].size(), 6U);  // SFT, RLHF, Fact-RLHF, three fine-tunings
  EXPECT_EQ(record["policies"][2]["policy"], "Fact-RLHF");
  EXPECT_EQ(record["policies"][2]["facts"], true);
  EXPECT_FALSE(record["policies"][0].contains("facts"));
  for (const std::string figure : record["shown_figures"]) {
    EXPECT_TRUE(record["policies"][2]["figures"].contains(figure)) << figure;
  }
  EXPECT_EQ(record["policies"][2]["figures"]["hallucination"]["value"], 0);
  EXPECT_EQ(record["policies"][2]["figures"]["gap"]["seeds"].size(), 2U);
}

TEST(StudyRecord, SaysWhatAVariantChanges) {
  ToyStudy toy;
  toy.add_variant("wrong", false);
  write_run(toy.layout / "sft", "abc", 30);
  const StudyRun run{
      .runs = {"sft"}, .variants = {"default", "wrong"}, .curve = {"default"}, .seeds = 2};
  const auto evidence = read_evidence(toy.layout, run.variants, ToyStudy::kSeeds,
                                      {.samples = 20, .key = random_key(1, "test")});
  const auto policies = study_record(toy.layout, run, evidence, {})["policies"];
  ASSERT_EQ(policies[4]["policy"], "Fact-RLHF, wrong");
  EXPECT_EQ(policies[2]["on_curve"], true);
  EXPECT_EQ(policies[4]["on_curve"], false);
  EXPECT_EQ(policies[4]["changes"]["hallucination"]["value"], 1);
  EXPECT_EQ(policies[3]["changes"]["gap"]["seeds"].size(), 2U);
  EXPECT_FALSE(policies[2].contains("changes"));
}

TEST(Conclude, WritesTheRecordAndItsTables) {
  ToyStudy toy;
  write_run(toy.layout / "sft", "abc", 30);
  const StudyRun run{.command = {}, .runs = {"sft"}, .variants = {"default"}, .seeds = 2};
  const auto result = conclude(toy.layout, run, {.samples = 20, .key = random_key(1, "test")});
  EXPECT_EQ(read_file(result.file).substr(0, 1), "{");
  EXPECT_TRUE(nlohmann::json::parse(read_file(result.file)) ==
              nlohmann::json::parse(result.record.dump()));
  EXPECT_THAT(
      read_file(toy.layout / "claims.md"),
      testing::AllOf(testing::HasSubstr(result.claims_table), testing::HasSubstr("| Fact-RLHF |")));
}

TEST(StudyRecord, RefusesARunThatIsNotComplete) {
  ToyStudy toy;
  make_folders(toy.layout / "sft");
  write_file(toy.layout / "sft/run.json", "{\"plumbline\": \"0.1\"}");
  const auto evidence = read_evidence(toy.layout, {"default"}, ToyStudy::kSeeds,
                                      {.samples = 2, .key = random_key(1, "test")});
  EXPECT_THROW(study_record(toy.layout, {.runs = {"sft"}}, evidence, {}), DataError);
}

}  // namespace
}  // namespace plumbline::study
