#include "plumbline/study/method_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/random.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

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

// What decides was fixed before it was measured: any change here is a change of the claims.
TEST(MethodClaims, AreDecidedByTheFiguresThatWereFixed) {
  ToyStudy toy;
  std::vector<std::string> variants = {"weak-kl", "authors-kl", "pairs-250", "paper",
                                       "facts-exchanged"};
  for (const auto& variant : variants) toy.add_variant(variant, true);
  variants.insert(variants.begin(), "default");
  std::vector<std::string> deciding, beside;
  for (const auto& claim : claims(toy, variants)) {
    for (const Measure& m : claim.measures) {
      (m.is_beside ? beside : deciding)
          .push_back(claim.id + ": " + m.figure + " of " + m.a + " " + wanted_name(m.wanted) +
                     " than " + m.b);
    }
  }
  EXPECT_THAT(deciding, ElementsAre("a: accuracy of with facts more than without facts",
                                    "b: hallucination of Fact-RLHF less than SFT",
                                    "b: false_description of Fact-RLHF less than SFT",
                                    "c: hallucination of Fact-RLHF less than RLHF",
                                    "c: false_description of Fact-RLHF less than RLHF",
                                    "d: coverage of Fact-RLHF not less than SFT",
                                    "e: gap of RLHF more than Fact-RLHF",
                                    "f: f1 of Fact-RLHF not less than SFT",
                                    "f: yes_bias of Fact-RLHF not more than SFT",
                                    "g: hallucination of SFT+ less than SFT",
                                    "g: false_description of SFT+ less than SFT"));
  EXPECT_THAT(beside, IsSupersetOf(
                          {"c: hallucination of Fact-RLHF less than Fact-RLHF, facts-exchanged",
                           "c: false_description of Fact-RLHF less than Fact-RLHF, facts-exchanged",
                           "b: hallucination of Fact-RLHF less than SFT, all seeds",
                           "d: told_truly of Fact-RLHF not less than SFT",
                           "d: coverage of Fact-RLHF, authors-kl not less than SFT",
                           "e: gap of RLHF, weak-kl more than Fact-RLHF, weak-kl",
                           "e: gap of RLHF, pairs-250 more than Fact-RLHF, pairs-250",
                           "f: f1 of Fact-RLHF, paper not less than SFT",
                           "f: yes_bias of Fact-RLHF, paper not more than SFT"}));
}

TEST(MethodClaims, VariantsStandBeside) {
  ToyStudy toy;
  toy.add_variant("paper", false);
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
