#include "plumbline/study/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/random.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ClaimsTable, ShowsFiguresAndVerdicts) {
  Measure m{.figure = "f", .a = "A", .b = "B", .wanted = Wanted::Less};
  m.of_a.interval.value = 0.2;
  m.of_b.interval.value = 0.5;
  m.difference = {.interval = {-0.3, -0.4, -0.2}, .by_seed = {-0.3, -0.3}};
  auto beside = m;
  beside.is_beside = true;
  EXPECT_THAT(claims_table({{"b", "A is below B.", {m, beside}}}),
              AllOf(HasSubstr("| **b** A is below B."), HasSubstr("| **holds** |"),
                    HasSubstr("| 0.200 | 0.500 | -0.300 [-0.400, -0.200] | less | holds |"),
                    HasSubstr("| less | (beside) |")));
}

TEST(VariantsTable, HasARowForEachPolicyAndEachDifference) {
  const ToyStudy toy;
  const auto e = read_evidence(toy.layout, {"default"}, ToyStudy::kSeeds,
                               {.samples = 20, .key = random_key(1, "test")});
  EXPECT_THAT(
      variants_table(e, {"default"}),
      AllOf(HasSubstr("| SFT | 1.000 [1.000, 1.000]"), HasSubstr("| RLHF | 1.000"),
            HasSubstr("| Fact-RLHF | 0.000"), HasSubstr("| default | -1.000 [-1.000, -1.000]")));
}

TEST(VariantsTable, ShowsWhatAVariantChanges) {
  ToyStudy toy;
  toy.add_variant("wrong", false);
  const auto e = read_evidence(toy.layout, {"default", "wrong"}, ToyStudy::kSeeds,
                               {.samples = 20, .key = random_key(1, "test")});
  const auto text = variants_table(e, {"default", "wrong"});
  const auto changes = text.substr(text.find("variant - the method"));
  EXPECT_THAT(changes, AllOf(HasSubstr("| RLHF, wrong | +0.000 [+0.000, +0.000]"),
                             HasSubstr("| Fact-RLHF, wrong | +1.000 [+1.000, +1.000]"),
                             Not(HasSubstr("default"))));
}

}  // namespace
}  // namespace plumbline::study
