#include "plumbline/english/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::english {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sentences, EndBeforeWhiteSpace) {
  EXPECT_THAT(sentences("A dog.  Two cats!\nIs it?\n"),
              ElementsAre("A dog.", "Two cats!", "Is it?"));
  EXPECT_THAT(sentences("a dog. two cats"), ElementsAre("a dog.", "two cats"));
  EXPECT_THAT(sentences("dog.cat costs 3.5."), ElementsAre("dog.cat costs 3.5."));
  EXPECT_THAT(sentences(""), IsEmpty());
  EXPECT_THAT(sentences(" \n"), IsEmpty());
}

TEST(Sentences, QuotesAndBracketsStayWithTheirSentence) {
  EXPECT_THAT(sentences("(A dog.) \"A cat.\" So."), ElementsAre("(A dog.)", "\"A cat.\"", "So."));
}

TEST(Sentences, LongRunsTakeNoLongTime) {
  EXPECT_LE(sentences(std::string(200000, '?')).size(), 3u);
  EXPECT_EQ(sentences("a " + std::string(100000, '.') + " b").size(), 1u);
  std::string many;
  for (int i = 0; i < 50000; ++i) many += "a. ";
  EXPECT_EQ(sentences(many + "b").size(), 1u);  // letters before words
}

TEST(Sentences, WhatDoesNotEndOne) {
  EXPECT_THAT(sentences("Mr. Hill sits."), ElementsAre("Mr. Hill sits."));
  EXPECT_THAT(sentences("1. a dog 2. a cat"), ElementsAre("1. a dog 2. a cat"));
  EXPECT_THAT(sentences("1. A dog"), ElementsAre("1.", "A dog"));
  EXPECT_THAT(sentences("by J. Hill"), ElementsAre("by J. Hill"));
  EXPECT_THAT(sentences("well... a dog"), ElementsAre("well... a dog"));
}

}  // namespace
}  // namespace plumbline::english
