#include "plumbline/base/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

TEST(Pattern, MatchTakesTheWholeText) {
  EXPECT_THAT(Pattern("(a+)(x)?(b)").match("aab"), Optional(ElementsAre("aab", "aa", "", "b")));
  EXPECT_THAT(Pattern("(a)(x)?").match("a"), Optional(ElementsAre("a", "a", "")));
  EXPECT_EQ(Pattern("a+").match("aab"), std::nullopt);
  EXPECT_EQ(Pattern("a+").match("baa"), std::nullopt);
  EXPECT_TRUE(Pattern("a|ab").match("ab")) << "an alternative that stops short is no answer";
}

TEST(Pattern, FoundAnywhere) {
  EXPECT_TRUE(Pattern("b").found_in("abc"));
  EXPECT_FALSE(Pattern("^b").found_in("abc"));
}

TEST(Pattern, ReplacesTheFirstMatch) {
  EXPECT_EQ(Pattern(R"(^model\.(layers|norm)\.)").replace("model.norm.weight", "m.$1."),
            "m.norm.weight");
  EXPECT_EQ(Pattern("a").replace("aa", "$$"), "$$a");
  EXPECT_EQ(Pattern("x").replace("aa", "b"), "aa");
  EXPECT_EQ(Pattern("(x)?a").replace("a", "[$1$2]"), "[]");
}

TEST(Pattern, BytesOrUnicode) {
  EXPECT_FALSE(Pattern(R"(\w)").match("\xC3\xA9"));
  EXPECT_TRUE(Pattern(R"(\w)", Pattern::Text::Unicode).match("\xC3\xA9"));
}

TEST(Pattern, BadExpressionIsNamed) {
  try {
    Pattern("(a");
    FAIL() << "no exception";
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("'(a'"));
  }
}

TEST(PatternSearch, GoesOnFromAPlace) {
  const Pattern number("[0-9]+");
  PatternSearch search(number, "a1b22");
  ASSERT_TRUE(search.next(0));
  EXPECT_EQ(search.group(0), "1");
  ASSERT_TRUE(search.next(search.end()));
  EXPECT_EQ(search.begin(), 3U);
  EXPECT_EQ(search.group(0), "22");
  EXPECT_FALSE(search.next(search.end()));
}

// The compiled matcher's stack would not do.
TEST(PatternSearch, LongTextsAreNoProblem) {
  EXPECT_TRUE(Pattern("(a|b)+").match(std::string(1 << 18, 'a')));
}

}  // namespace
}  // namespace plumbline
