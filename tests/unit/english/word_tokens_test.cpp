#include "plumbline/english/word_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::english {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WordTokens, PunctuationStandsAlone) {
  EXPECT_THAT(word_tokens("a dog, a cat (and) two birds."),
              ElementsAre("a", "dog", ",", "a", "cat", "(", "and", ")", "two", "birds", "."));
  EXPECT_THAT(word_tokens("so; well: what?! no..."),
              ElementsAre("so", ";", "well", ":", "what", "?", "!", "no", "..."));
  EXPECT_THAT(word_tokens("black-and-white cat -- big—old"),
              ElementsAre("black-and-white", "cat", "--", "big", "—", "old"));
}

TEST(WordTokens, NumbersStayWhole) {
  EXPECT_THAT(word_tokens("$3.88 or 1,000 at 10:30."),
              ElementsAre("$", "3.88", "or", "1,000", "at", "10:30", "."));
}

TEST(WordTokens, PeriodsStandAloneAtTheEndsOfSentences) {
  EXPECT_THAT(word_tokens("A dog sits. Mr. Hill stands.\nIt rains"),
              ElementsAre("A", "dog", "sits", ".", "Mr.", "Hill", "stands", ".", "It", "rains"));
  EXPECT_THAT(word_tokens("a bench.The dog"), ElementsAre("a", "bench.The", "dog"));
}

TEST(WordTokens, Contractions) {
  EXPECT_THAT(
      word_tokens("the dog's owner doesn't wait, they'll go"),
      ElementsAre("the", "dog", "'s", "owner", "does", "n't", "wait", ",", "they", "'ll", "go"));
  EXPECT_THAT(word_tokens("cannot gonna dogs' toys"),
              ElementsAre("can", "not", "gon", "na", "dogs", "'", "toys"));
}

TEST(WordTokens, Quotes) {
  EXPECT_THAT(word_tokens("\"Stop\" says a \"big\" sign"),
              ElementsAre("``", "Stop", "''", "says", "a", "``", "big", "''", "sign"));
  EXPECT_THAT(word_tokens("a “stop” sign"), ElementsAre("a", "“", "stop", "”", "sign"));
}

TEST(WordTokens, OddTexts) {
  EXPECT_THAT(word_tokens(""), IsEmpty());
  EXPECT_THAT(word_tokens(" \n\t "), IsEmpty());
  EXPECT_THAT(word_tokens("dog\xFF"), ElementsAre("dog\xEF\xBF\xBD"));
  EXPECT_EQ(word_tokens(std::string(20000, '\'')).empty(), false);
}

}  // namespace
}  // namespace plumbline::english
