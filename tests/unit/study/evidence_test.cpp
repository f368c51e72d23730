#include "plumbline/study/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

using testing::HasSubstr;

const eval::BootstrapOptions kOptions{.samples = 50, .key = random_key(1, "test")};

Evidence read(const ToyStudy& toy, const std::vector<std::string>& variants = {"default"}) {
  return read_evidence(toy.layout, variants, ToyStudy::kSeeds, kOptions);
}

double of(const SeedStudy& study, const std::string& system, const std::string& figure) {
  return study.mean(system, figure).interval.value;
}

TEST(Evidence, AnswersAreJudgedByTheWorld) {
  const auto e = read(ToyStudy());
  EXPECT_EQ(of(e.answers, "SFT", "hallucination"), 1);
  EXPECT_EQ(of(e.answers, "RLHF", "hallucination"), 1);
  EXPECT_EQ(of(e.answers, "Fact-RLHF", "hallucination"), 0);
  EXPECT_EQ(of(e.finetunes, "SFT+", "hallucination"), 0);
  EXPECT_EQ(e.answers.mean("RLHF", "score").by_seed.size(), 2U);
}

TEST(Evidence, YesBiasIsTheDistanceFromOneHalf) {
  const auto e = read(ToyStudy());
  EXPECT_EQ(of(e.answers, "SFT", "yes_rate"), 1);
  EXPECT_EQ(of(e.answers, "SFT", "yes_bias"), 0.5);
  EXPECT_NEAR(of(e.answers, "Fact-RLHF", "yes_bias"),
              std::abs(of(e.answers, "Fact-RLHF", "yes_rate") - 0.5), 1e-12);
}

TEST(Evidence, HeldOutPairsAreRankedWithTiesAsHalf) {
  const auto e = read(ToyStudy());
  EXPECT_EQ(of(e.rewards, "with facts", "accuracy"), 1);
  EXPECT_EQ(of(e.rewards, "without facts", "accuracy"), 0.75);
}

// SFT's rewards are 0 and 2 in turn: a deviation of 1, or near it for an odd number of answers.
TEST(Evidence, GainsAreInDeviationsOfSftsScores) {
  const ToyStudy toy;
  const auto e = read(toy);
  const auto n = static_cast<double>(toy.items.size());
  const double of_two = static_cast<double>(toy.items.size() / 2) / n;  // share of SFT's scores
  const double deviation = 2 * std::sqrt(of_two * (1 - of_two));
  EXPECT_NEAR(of(e.gains, "RLHF", "proxy_gained"), 2 / deviation, 1e-12);
  EXPECT_NEAR(of(e.gains, "RLHF", "gold_gained"), 0, 1e-12);  // the same answers as SFT's
  EXPECT_GT(of(e.gains, "Fact-RLHF", "gold_gained"), 0.5);
  EXPECT_NEAR(of(e.gains, "Fact-RLHF", "gap"),
              of(e.gains, "Fact-RLHF", "proxy_gained") - of(e.gains, "Fact-RLHF", "gold_gained"),
              1e-12);
}

TEST(Claims, FollowFromTheFigures) {
  const auto claims = claims_of(read(ToyStudy()));
  ASSERT_EQ(claims.size(), 7U);
  std::string verdicts;
  for (const auto& claim : claims)
    verdicts += claim.id + " " + verdict_name(claim.verdict()) + ", ";
  // b.png alone tells the reward models apart, and is missing from a quarter of the samples.
  EXPECT_EQ(verdicts, "a undecided, b holds, c holds, d holds, e holds, f holds, g holds, ");
}

TEST(Claims, VariantsStandBeside) {
  ToyStudy toy;
  for (int64_t seed = 0; seed < ToyStudy::kSeeds; ++seed) {
    for (const bool has_facts : {false, true}) {
      toy.answer(Layout::answers("paper", has_facts, seed), false);
      toy.rewards(Layout::proxy("paper", has_facts, seed), 1);
      toy.rewards(Layout::proxy_of_sft("paper", has_facts, seed), 0);
    }
  }
  const auto e = read(toy, {"default", "paper"});
  const auto claims = claims_of(e);
  EXPECT_EQ(claims[5].measures.back().a, "Fact-RLHF, paper");
  EXPECT_TRUE(claims[5].measures.back().is_beside);
  EXPECT_EQ(claims[5].verdict(), Verdict::Holds);
  const std::string table = variants_table(e, {"default", "paper"});
  EXPECT_THAT(table,
              testing::AllOf(HasSubstr("| SFT | 1.000 [1.000, 1.000]"),
                             HasSubstr("| RLHF, paper | 1.000"), HasSubstr("| paper | +0.000")));
}

std::string error_of(const ToyStudy& toy) {
  try {
    read(toy);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Evidence, MissingAnswersAreNamed) {
  ToyStudy toy;
  formats::write_records((toy.layout / "study/answers/sft-seed0/answers.jsonl").string(),
                         {{{"id", toy.items[0].id}, {"answer", "yes."}}});
  EXPECT_THAT(error_of(toy),
              testing::AllOf(HasSubstr("a line for " + toy.items[1].id), HasSubstr("sft-seed0")));
}

TEST(Evidence, LinesOfAnotherFormAreNamed) {
  ToyStudy toy;
  formats::write_records((toy.layout / "audit/pairs.jsonl").string(), {{{"model", 3}}});
  EXPECT_THAT(error_of(toy), HasSubstr("pairs.jsonl:1"));
}

}  // namespace
}  // namespace plumbline::study
