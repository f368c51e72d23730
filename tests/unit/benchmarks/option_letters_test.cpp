#include "plumbline/benchmarks/option_letters.h"

#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

constexpr auto kKit = LetterRule::VlmEvalKit;
constexpr auto kLmms = LetterRule::Lmms;
constexpr auto kNone = std::nullopt;

const std::vector<Option> kAnimals = {{'A', "cat"}, {'B', "black cat"}, {'C', "dog"}, {'D', "cow"}};

std::optional<char> read(const std::string& answer, LetterRule rule) {
  return option_letter(answer, kAnimals, rule);
}

TEST(OptionLetters, LettersThatStandAlone) {
  for (const char* answer : {"B", "B.", "(B)", "The answer is B"}) {
    EXPECT_EQ(letter_alone(answer, kAnimals, kKit), 'B') << answer;
    EXPECT_EQ(letter_alone(answer, kAnimals, kLmms), 'B') << answer;
  }
  EXPECT_EQ(letter_alone("Bb b", kAnimals, kKit), kNone);
  EXPECT_EQ(letter_alone("", kAnimals, kKit), kNone);
}

TEST(OptionLetters, AnArticleIsNoLetterToLmms) {
  EXPECT_EQ(letter_alone("A dog is here", kAnimals, kLmms), kNone);
  EXPECT_EQ(read("A dog is here", kLmms), 'C');
  EXPECT_EQ(read("A dog is here", kKit), 'A');  // among the last four pieces
  EXPECT_EQ(read("A dog is over here", kKit), 'C');
  EXPECT_EQ(letter_alone("A dog here", kAnimals, kLmms), 'A');  // three pieces
  EXPECT_EQ(letter_alone("A. dog is here", kAnimals, kLmms), 'A');
  EXPECT_EQ(letter_alone("A dog is B.", kAnimals, kLmms), 'B');
}

TEST(OptionLetters, TwoLettersOrTextsAreNone) {
  for (const auto rule : {kKit, kLmms}) {
    EXPECT_EQ(read("B or C", rule), kNone);
    EXPECT_EQ(read("black cat", rule), kNone);  // which is also a cat
    EXPECT_EQ(read("Dog.", rule), 'C');
    EXPECT_EQ(read("a horse", rule), kNone);
    EXPECT_EQ(read("", rule), kNone);
  }
}

TEST(OptionLetters, VlmEvalKitLooksAtTheEnd) {
  EXPECT_EQ(letter_alone("B because it is so", kAnimals, kKit), kNone);
  EXPECT_EQ(letter_alone("B it is so", kAnimals, kKit), 'B');
  EXPECT_EQ(letter_alone("B, no: it is so really B", kAnimals, kKit), kNone);  // the first counts
  EXPECT_EQ(letter_alone("*B*", kAnimals, kKit), 'B');
  EXPECT_EQ(letter_alone("{B};", kAnimals, kKit), 'B');
  EXPECT_EQ(letter_alone("B\xE3\x80\x80!", kAnimals, kKit), 'B');  // an ideographic space
}

TEST(OptionLetters, RefusalsNameNone) {
  EXPECT_EQ(read("Cannot determine the answer, maybe a dog", kKit), 'Z');
  EXPECT_EQ(read("Z", kKit), 'Z');
  EXPECT_EQ(read("Z, or B", kKit), 'B');
  EXPECT_EQ(read("Z", kLmms), kNone);
  EXPECT_EQ(read("E", kLmms), 'E');
  EXPECT_EQ(read("E", kKit), kNone);
  for (const auto rule : {kKit, kLmms}) {
    EXPECT_EQ(letter_alone("Failed to obtain answer via API B", kAnimals, rule), kNone);
  }
  EXPECT_EQ(none_letter(kKit), 'Z');
  EXPECT_EQ(none_letter(kLmms), 'E');
}

TEST(OptionLetters, FormsOfLmmsComeInOrder) {
  EXPECT_EQ(letter_alone("A. B.", kAnimals, kLmms), kNone);
  EXPECT_EQ(letter_alone("A. B. C)", kAnimals, kLmms), 'C');
  EXPECT_EQ(letter_alone("(D).", kAnimals, kLmms), 'D');
  EXPECT_EQ(letter_alone(":D).", kAnimals, kLmms), 'D');
  EXPECT_EQ(letter_alone("*B*", kAnimals, kLmms), kNone);
  EXPECT_EQ(letter_alone("A B C.", kAnimals, kLmms), 'C');
}

TEST(OptionLetters, LongAnswersHaveNoOptionsText) {
  EXPECT_EQ(letter_by_text("I can see that it is a large dog", kAnimals, kKit), 'C');  // 32 <= 36
  EXPECT_EQ(letter_by_text("I can see now that it is a large dog.", kAnimals, kKit), kNone);
  EXPECT_EQ(letter_by_text("I can see now that it is a large dog.", kAnimals, kLmms), 'C');
  const std::vector<Option> accents = {{'A', "\xC3\x89t\xC3\xA9"}, {'B', "hiver"}};
  EXPECT_EQ(letter_by_text("L'\xC3\xA9T\xC3\x89", accents, kKit), 'A');
  EXPECT_EQ(letter_by_text("\xFF hiver", accents, kKit), 'B');  // broken bytes do no harm
}

TEST(OptionLetters, LettersBeyondTheOptions) {
  const std::vector<Option> two = {{'A', "yes"}, {'B', "no"}};
  EXPECT_EQ(option_letter("C", two, kKit), kNone);
  EXPECT_EQ(option_letter("C", two, kLmms), 'C');
}

}  // namespace
}  // namespace plumbline::benchmarks
