#include "plumbline/text/normalizer.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

using Kind = NormalStep::Kind;

TEST(Normalizer, StepsInOrder) {
  const std::vector<NormalStep> steps = {{.kind = Kind::Prepend, .to = "_"},
                                         {.kind = Kind::Replace, .from = " ", .to = "_"}};
  EXPECT_EQ(normalized(steps, "a b  c"), "_a_b__c");
  EXPECT_EQ(normalized(steps, "a b", /*goes_on=*/true), "a_b");
  EXPECT_EQ(normalized(steps, ""), "");
  EXPECT_EQ(normalized({{.kind = Kind::Nfc}}, "e\xCC\x81"), "\xC3\xA9");
}

TEST(Normalizer, ReplacesWithoutLookingBack) {
  EXPECT_EQ(replaced("aaa", "aa", "a"), "aa");
  EXPECT_EQ(replaced("abc", "", "x"), "abc");
}

TEST(Normalizer, RefusesRulesThatBlowTextUp) {
  const std::vector<NormalStep> doubling(40, {.kind = Kind::Replace, .from = "a", .to = "aa"});
  EXPECT_THROW(normalized(doubling, "aaa"), DataError);
  const std::vector<NormalStep> thousandfold(
      2, {.kind = Kind::Replace, .from = "a", .to = std::string(1000, 'a')});
  EXPECT_THROW(normalized(thousandfold, std::string(1000, 'a')), DataError);
  EXPECT_EQ(normalized({{.kind = Kind::Replace, .from = " ", .to = "\xE2\x96\x81"}},
                       std::string(100000, ' '))
                .size(),
            300000U);
}

}  // namespace
}  // namespace plumbline::text
