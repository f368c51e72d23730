#include "plumbline/text/python_text.h"

#include <gtest/gtest.h>

namespace plumbline::text::python {
namespace {

TEST(PythonText, CodePoints) {
  EXPECT_EQ(length("aé🌍"), 3);
  EXPECT_EQ(byte_offset("aé🌍b", 2), 3u);
  EXPECT_EQ(byte_offset("aé", 9), 3u);
  EXPECT_EQ(first_character("éa"), "é");
  EXPECT_EQ(first_character(""), "");
  EXPECT_EQ(first_code_point("🌍").code, 0x1F30Du);
  EXPECT_EQ(last_code_point("aé").code, 0xE9u);
  EXPECT_EQ(reversed("aé🌍"), "🌍éa");
  std::string text;
  append_utf8(text, 0x20AC);
  EXPECT_EQ(text, "€");
}

TEST(PythonText, WhiteSpaceIsPythons) {
  EXPECT_EQ(leading_space(" \u3000\x1C\nx "), 6u);
  EXPECT_EQ(trailing_space("x\u2003 "), 4u);
  EXPECT_EQ(stripped(" \u3000\x1C\nx y\u2003 "), "x y");
  EXPECT_EQ(stripped(" \u2003"), "");
  EXPECT_FALSE(is_space(0x200B));
}

TEST(PythonText, CaseOfSeveralScripts) {
  EXPECT_EQ(upper("straße ŉ ﬁ я ά"), "STRASSE ʼN FI Я Ά");
  EXPECT_EQ(lower("ÀЯΆİ"), "àяάi̇");
  EXPECT_EQ(lower("ΣΑΣ ΑΣ'Α ΑΣ."), "σας ασ'α ας.");
  EXPECT_EQ(title("they're ǆ ßa"), "They'Re ǅ Ssa");
  EXPECT_EQ(capitalized("éTÉ"), "Été");
}

TEST(PythonText, CaseTests) {
  EXPECT_TRUE(is_upper("ABC 1"));
  EXPECT_FALSE(is_upper("1"));
  EXPECT_FALSE(is_upper("Aa"));
  EXPECT_TRUE(is_lower("abc ª"));
  EXPECT_FALSE(is_lower("ǅ"));
}

TEST(PythonText, Printable) {
  EXPECT_TRUE(is_printable(U'é'));
  EXPECT_TRUE(is_printable(U' '));
  EXPECT_FALSE(is_printable(0xA0));
  EXPECT_FALSE(is_printable(0x200B));
  EXPECT_FALSE(is_printable(0x7F));
}

}  // namespace
}  // namespace plumbline::text::python
