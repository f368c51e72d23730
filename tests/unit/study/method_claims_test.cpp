#include "plumbline/study/method_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/random.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

const eval::BootstrapOptions kOptions{.samples = 200, .key = random_key(1, "test")};

std::vector<Claim> claims(const ToyStudy& toy, const std::vector<std::string>& variants) {
  return method_claims(read_evidence(toy.layout, variants, ToyStudy::kSeeds, kOptions));
}

// The toy's policy with facts is right where SFT and the one without are wrong. b.png alone tells
// the reward models apart, and is missing from a quarter of the samples; gaps of two seeds differ
// too much.
TEST(MethodClaims, FollowFromTheFigures) {
  std::string verdicts;
  for (const auto& claim : claims(ToyStudy(), {"default"})) {
    verdicts += claim.id + " " + verdict_name(claim.verdict()) + ", ";
  }
  EXPECT_EQ(verdicts, "a undecided, b holds, c holds, d holds, e holds, f holds, g holds, ");
}

TEST(MethodClaims, VariantsStandBeside) {
  ToyStudy toy;
  for (int64_t seed = 0; seed < ToyStudy::kSeeds; ++seed) {
    for (const bool has_facts : {false, true}) {
      toy.answer(Layout::answers("paper", has_facts, seed), false);
      toy.score("paper", has_facts, seed);
    }
  }
  const auto found = claims(toy, {"default", "paper"});
  ASSERT_EQ(found.size(), 7U);
  const Claim& yes_no = found[5];
  EXPECT_EQ(yes_no.id, "f");
  EXPECT_EQ(yes_no.measures.back().a, "Fact-RLHF, paper");
  EXPECT_TRUE(yes_no.measures.back().is_beside);
  EXPECT_EQ(yes_no.verdict(), Verdict::Holds);
}

}  // namespace
}  // namespace plumbline::study
