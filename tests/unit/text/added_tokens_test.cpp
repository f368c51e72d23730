#include "plumbline/text/added_tokens.h"

#include <gtest/gtest.h>

namespace plumbline::text {
namespace {

// "a[x]b" as "a|#1|b".
std::string cut(const AddedTokenFinder& finder, std::string_view text, bool with_special = true) {
  std::string out;
  for (const auto& [piece, token] : finder.split(text, with_special)) {
    if (!out.empty()) out += '|';
    out += token != nullptr ? "#" + std::to_string(token->id) : std::string(piece);
  }
  return out;
}

TEST(AddedTokens, LeftmostThenLongest) {
  const AddedTokenFinder finder({{.id = 1, .content = "[x"}, {.id = 2, .content = "[xy]"}});
  EXPECT_EQ(cut(finder, "a[xy]b[xz"), "a|#2|b|#1|z");
  EXPECT_EQ(cut(finder, ""), "");
  EXPECT_EQ(cut(finder, "["), "[");
}

TEST(AddedTokens, SpecialOnesAreDataUnlessAskedFor) {
  const AddedTokenFinder finder(
      {{.id = 1, .content = "</s>", .is_special = true}, {.id = 2, .content = "/s"}});
  EXPECT_EQ(cut(finder, "a</s>b"), "a|#1|b");
  EXPECT_EQ(cut(finder, "a</s>b", false), "a</s>b");  // and hide the shorter one within
  EXPECT_EQ(cut(finder, "a/sb", false), "a|#2|b");
}

TEST(AddedTokens, StripsTakeBlanksOfEveryKind) {
  const AddedTokenFinder finder({{.id = 1, .content = "[l]", .strips_left = true},
                                 {.id = 2, .content = "[r]", .strips_right = true}});
  EXPECT_EQ(cut(finder, "a \t\xE3\x80\x80[l] b"), "a|#1| b");
  EXPECT_EQ(cut(finder, "a [r] \xC2\xA0\nb"), "a |#2|b");
  EXPECT_EQ(cut(finder, "[r]  [l]"), "#2|#1");  // blanks go to the first that takes them
}

TEST(AddedTokens, SingleWordsStandAlone) {
  const AddedTokenFinder finder({{.id = 1, .content = "[w]", .is_single_word = true}});
  EXPECT_EQ(cut(finder, "[w], [w] a[w] [w]1"), "#1|, |#1| a[w] [w]1");
  EXPECT_EQ(cut(finder, "\xC3\xA9[w]"), "\xC3\xA9[w]");  // a letter beyond ASCII is a word too
}

TEST(AddedTokens, BrokenUtf8StaysText) {
  const AddedTokenFinder finder(
      {{.id = 1, .content = "[l]", .strips_left = true, .is_single_word = true}});
  EXPECT_EQ(cut(finder, "\xE4\xBD[l]\xFF"), "\xE4\xBD|#1|\xFF");
}

}  // namespace
}  // namespace plumbline::text
