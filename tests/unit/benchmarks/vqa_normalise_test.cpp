#include "plumbline/benchmarks/vqa_normalise.h"

#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

std::string official(const std::string& text) { return vqa_normalised(text, VqaRule::VqaEval); }
std::string m4c(const std::string& text) { return vqa_normalised(text, VqaRule::M4c); }

TEST(VqaNormalise, BothRulesAgree) {
  const std::pair<const char*, const char*> rows[] = {{"The dog.", "dog"},
                                                      {"Ten people!", "10 people"},
                                                      {"3,000", "3000"},
                                                      {"1,2", "12"},
                                                      {"10:30", "10:30"},
                                                      {"$5.00", "$5.00"},
                                                      {"1.5", "1.5"},
                                                      {"red/blue", "red blue"},
                                                      {"t-shirt", "t shirt"},
                                                      {"t - shirt", "t shirt"},
                                                      {"dont know", "don't know"},
                                                      {"whats up", "what's up"},
                                                      {"a man, a dog", "man dog"},
                                                      {"U.S.", "us"},
                                                      {"", ""},
                                                      {"The", ""},
                                                      {" \n\tyes\t ", "yes"},
                                                      {"two\nthree", "2 3"},
                                                      {"none", "0"},
                                                      {"YES", "yes"},
                                                      {"100%", "100%"},
                                                      {"a.m.", "am"},
                                                      {"no.5", "no.5"},
                                                      {"**No**", "**no**"}};
  for (const auto& [text, normalised] : rows) {
    EXPECT_EQ(official(text), normalised) << text;
    EXPECT_EQ(m4c(text), normalised) << text;
  }
}

TEST(VqaNormalise, WhereTheRulesDiffer) {
  EXPECT_EQ(official("john's"), "john's");
  EXPECT_EQ(m4c("john's"), "john 's");
  EXPECT_EQ(official("3,000 red-ish"), "3000 redish");
  EXPECT_EQ(m4c("3,000 red-ish"), "3000 red ish");
  EXPECT_EQ(official("red,blue"), "red blue");
  EXPECT_EQ(m4c("red,blue"), "redblue");
  EXPECT_EQ(official("what?why"), "what why");
  EXPECT_EQ(m4c("what?why"), "whatwhy");
  EXPECT_EQ(official("she's"), "she's");
  EXPECT_EQ(m4c("she's"), "she 's");
}

TEST(VqaNormalise, AMarkBesideABlankGoesEverywhere) {
  EXPECT_EQ(official("red-ish - blue"), "redish blue");
  EXPECT_EQ(official("red-ish / blue"), "red ish blue");
  EXPECT_EQ(official("(red)"), "red");
  EXPECT_EQ(official("x(y) z"), "x y z");
}

TEST(VqaNormalise, PeriodsGoWhereNoDigitFollowsAtMost32Times) {
  EXPECT_EQ(official("5. 5.5 .5."), "5 5.5 .5");
  EXPECT_EQ(official(std::string(40, '.')), std::string(8, '.'));
}

TEST(VqaNormalise, DigitsOfAllScriptsCount) {
  EXPECT_EQ(official("\u0663,\u0663 a-b"), "\u0663\u0663 ab");
  EXPECT_EQ(official("x.\u0663"), "x.\u0663");
  EXPECT_EQ(official("\u00B2,\u00B2"), "\u00B2 \u00B2");  // superscripts are no digits
}

TEST(VqaNormalise, BlanksAndCaseAreUnicodes) {
  EXPECT_EQ(official("\u00A0\u00C9t\u00E9\u3000the\u2003dog\u00A0"), "\u00E9t\u00E9 dog");
  EXPECT_EQ(official("a\x1C"
                     "b"),
            "b");
}

TEST(VqaNormalise, OddEntriesOfTheOfficialList) {
  EXPECT_EQ(official("somebody'd"), "somebodyd");
  EXPECT_EQ(official("'ow'sat"), "'ow's'at");
  EXPECT_EQ(official("Im"), "im");
  EXPECT_EQ(official("Ive I'dve"), "ive i'dve");
  EXPECT_EQ(official("twas oclock"), "'twas o'clock");
  EXPECT_EQ(official("Dont"), "don't");
}

TEST(VqaNormalise, Steps) {
  EXPECT_EQ(vqa_stripped("\n a\tb "), "a b");
  EXPECT_EQ(vqa_without_punctuation("No,it is , red."), "Noit is  red");
  EXPECT_EQ(vqa_words("  The  TEN  "), "10");
}

}  // namespace
}  // namespace plumbline::benchmarks
