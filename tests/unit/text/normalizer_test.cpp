#include "plumbline/text/normalizer.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace plumbline::text
