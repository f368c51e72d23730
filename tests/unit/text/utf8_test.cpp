#include "plumbline/text/utf8.h"

#include <gtest/gtest.h>

namespace plumbline::text {
namespace {

constexpr const char* kMark = "\xEF\xBF\xBD";

TEST(RepairedUtf8, LeavesValidTextAlone) {
  const std::string text = "a\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80\x7F";
  EXPECT_EQ(repaired_utf8(text), text);
}

TEST(RepairedUtf8, OneMarkPerMaximalBrokenPart) {
  const std::string mark = kMark;
  EXPECT_EQ(repaired_utf8("a\xE4\xBD"), "a" + mark);             // cut at the end
  EXPECT_EQ(repaired_utf8("\xE4\xBDz"), mark + "z");             // cut in the middle
  EXPECT_EQ(repaired_utf8("\x80\x80"), mark + mark);             // stray continuation
  EXPECT_EQ(repaired_utf8("\xC0\xAF"), mark + mark);             // overlong
  EXPECT_EQ(repaired_utf8("\xED\xA0\x80"), mark + mark + mark);  // surrogate
  EXPECT_EQ(repaired_utf8("\xF0\x9F\x98"), mark);
  EXPECT_EQ(repaired_utf8("\xF4\x90\x80\x80"), mark + mark + mark + mark);  // above U+10FFFF
}

TEST(RepairedBytes, OneMarkPerByte) {
  const std::string mark = kMark;
  EXPECT_EQ(repaired_bytes("a\xE4\xBDz\xC3\xA9"), "a" + mark + mark + "z\xC3\xA9");
}

TEST(FirstCharacter, TellsCutFromBroken) {
  EXPECT_EQ(first_character("\xE4\xBD\xA0z").code, U'\u4F60');
  EXPECT_EQ(first_character("\xF0\x9F\x98\x80").code, U'\U0001F600');
  EXPECT_TRUE(first_character("\xE4\xBD").is_cut);
  EXPECT_FALSE(first_character("\xE4z").is_cut);
  EXPECT_FALSE(is_valid_utf8("a\xE4"));
  EXPECT_TRUE(is_valid_utf8("a\xC3\xA9"));
}

// As tokenizers, whose tables are of Unicode 9: U+0898 came in 14 and does not move before U+0334.
TEST(Nfc, NewMarksStayWhereTheyAre) {
  EXPECT_EQ(nfc("q\xE0\xA2\x98\xCC\xB4"), "q\xE0\xA2\x98\xCC\xB4");
  EXPECT_EQ(nfc("q\xCC\x8D\xCC\xB4"), "q\xCC\xB4\xCC\x8D");
}

TEST(Nfc, ComposesAndKeepsBrokenBytes) {
  EXPECT_EQ(nfc("e\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(nfc("\xFF"
                "e\xCC\x81\xE4"),
            "\xFF\xC3\xA9\xE4");
  EXPECT_EQ(nfc(""), "");
}

}  // namespace
}  // namespace plumbline::text
