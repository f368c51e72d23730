#include "plumbline/data/repeated_sentences.h"

#include <gtest/gtest.h>

namespace plumbline::data {
namespace {

TEST(RepeatedSentences, CountsThoseThatStoodBefore) {
  EXPECT_EQ(repeated_sentences(""), 0);
  EXPECT_EQ(repeated_sentences("there is a cup. there is a box."), 0);
  EXPECT_EQ(repeated_sentences("there is a cup. there is a box. There is  a cup."), 1);
  EXPECT_EQ(repeated_sentences("a cup. a cup. a cup"), 2) << "also without a last dot";
  EXPECT_EQ(repeated_sentences("a cup!\na cup?"), 1);
  EXPECT_EQ(repeated_sentences("a cup. . . a box"), 0) << "nothing is no sentence";
  EXPECT_EQ(repeated_sentences("it is 1.5 m. it is 1.6 m."), 0) << "a dot in a number ends none";
}

}  // namespace
}  // namespace plumbline::data
