#include "plumbline/text/jinja_strings.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::ElementsAre;

TEST(JinjaStrings, FindingPartsTakesLinearTime) {
  const std::string text(1 << 20, 'a');
  EXPECT_EQ(find_part(text, std::string(1 << 19, 'a') + "b"), std::string::npos);
  EXPECT_EQ(find_part("abab", "ab", 1), 2u);
  EXPECT_EQ(find_part("ab", "", 2), 2u);
  EXPECT_EQ(find_part("ab", "", 3), std::string::npos);
}

TEST(JinjaStrings, Strip) {
  EXPECT_EQ(stripped(" a ", {}, Side::Both), "a");
  EXPECT_EQ(stripped("éaé", "é", Side::Left), "aé");
  EXPECT_EQ(stripped("xyaxy", "yx", Side::Right), "xya");
}

TEST(JinjaStrings, Split) {
  EXPECT_THAT(split("a,,b", ",", -1), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("a,b,c", ",", 1), ElementsAre("a", "b,c"));
  EXPECT_THAT(split_from_end("a,b,c", ",", 1), ElementsAre("a,b", "c"));
  EXPECT_THAT(split_spaces(" a  b c ", -1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_spaces(" a  b c ", 1), ElementsAre("a", "b c "));
  EXPECT_THAT(split_spaces_from_end(" a  b c ", 1), ElementsAre(" a  b", "c"));
  EXPECT_THAT(split_spaces("  ", -1), ElementsAre());
  EXPECT_THAT(split_lines("a\r\n\nb\u2028"), ElementsAre("a", "", "b"));
  EXPECT_THAT(split_lines("a\r\nb", true), ElementsAre("a\r\n", "b"));
}

TEST(JinjaStrings, ReplaceAndCount) {
  EXPECT_EQ(replaced("aaa", "aa", "b", -1), "ba");
  EXPECT_EQ(replaced("éa", "", ".", -1), ".é.a.");
  EXPECT_EQ(replaced("aaa", "a", "b", 2), "bba");
  EXPECT_EQ(count("aaa", "aa"), 1);
  EXPECT_EQ(count("éa", ""), 3);
}

TEST(JinjaStrings, WritingDown) {
  EXPECT_EQ(python_quoted("a'b"), "\"a'b\"");
  EXPECT_EQ(python_quoted("a'\"\n\\"), "'a\\'\"\\n\\\\'");
  EXPECT_EQ(python_quoted("é\u200b"), "'é\\u200b'");
  EXPECT_EQ(json_quoted("\"\\\n\x01é", false), "\"\\\"\\\\\\n\\u0001é\"");
  EXPECT_EQ(json_quoted("é🌍", true), "\"\\u00e9\\ud83c\\udf0d\"");
  EXPECT_EQ(html_escaped("<a b='\"'>&"), "&lt;a b=&#39;&#34;&#39;&gt;&amp;");
  EXPECT_EQ(title_of_words("they're (sOME)-wORDS"), "They're (Some)-Words");
}

TEST(JinjaStrings, Numbers) {
  EXPECT_EQ(number_text(1), "1.0");
  EXPECT_EQ(number_text(1e16), "1e+16");
  EXPECT_EQ(number_text(1e-5), "1e-05");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(parse_integer(" 1_000 ", 10), 1000);
  EXPECT_EQ(parse_integer("-0x1f", 16), -31);
  EXPECT_EQ(parse_integer("1__0", 10), std::nullopt);
  EXPECT_EQ(parse_integer("--1", 10), std::nullopt);
  EXPECT_EQ(parse_integer("017", 0), std::nullopt);
  EXPECT_EQ(parse_number("1e3"), 1000.0);
  EXPECT_EQ(parse_number("0x10"), std::nullopt);
  EXPECT_EQ(fault_of([] { parse_integer("99999999999999999999", 10); }),
            "an integer of 64 bits, got 99999999999999999999");
}

TEST(JinjaStrings, LiteralsAreUnescaped) {
  EXPECT_EQ(unescape_literal("a\\n\\101\\U0001F30D\\\nb\\q"), "a\nA🌍b\\q");
  EXPECT_EQ(unescape_literal("\\é"), "\\xe9");  // as Python does
}

}  // namespace
}  // namespace plumbline::text::jinja
