#include "plumbline/world/parse_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.h"

namespace plumbline::world {
namespace {

// "k" per claim that holds and "-" per claim that does not; "?" for a sentence that does not parse.
std::string truth_of(const std::string& text) {
  const auto item = kitchen_item("yes_no", "is there a cup?", "yes", "cup");
  std::string marks;
  for (const Sentence& sentence : parse_answer(text)) {
    if (sentence.statements.empty()) marks += '?';
    for (const Statement& statement : sentence.statements) {
      for (const Claim& claim : statement.claims) marks += holds(claim, item) ? 'k' : '-';
    }
  }
  return marks;
}

TEST(ParseAnswer, ReadsEverySentenceOfTheLanguage) {
  EXPECT_EQ(truth_of("this is a kitchen."), "k");
  EXPECT_EQ(truth_of("this is a park."), "-");
  EXPECT_EQ(truth_of("there are two small red cups."), "kkkk");
  EXPECT_EQ(truth_of("there are three large red cups."), "k--k");
  EXPECT_EQ(truth_of("there are two cups."), "kk");
  EXPECT_EQ(truth_of("there is a cup."), "k-");
  EXPECT_EQ(truth_of("there is no kite."), "k");
  EXPECT_EQ(truth_of("there are no cups."), "-");
  EXPECT_EQ(truth_of("the cups are red."), "kk");
  EXPECT_EQ(truth_of("the chair is small."), "k-");
  EXPECT_EQ(truth_of("the cups are left of the chair."), "kkk");
  EXPECT_EQ(truth_of("the cups are above the chair."), "kk-");
  EXPECT_EQ(truth_of("the lamp is below the cups."), "kkk");
  EXPECT_EQ(truth_of("there are more cups than chairs."), "kkk");
  EXPECT_EQ(truth_of("there are as many lamps as chairs."), "kkk");
  EXPECT_EQ(truth_of("there are more cups than kites."), "k--");
  EXPECT_EQ(truth_of("the chairs are larger than the cups."), "kkk");
  EXPECT_EQ(truth_of("the cups are smaller than the chair."), "kkk");
  EXPECT_EQ(truth_of("the cups are as large as the lamps."), "kkk");
  EXPECT_EQ(truth_of("yes, there are two small red cups."), "kkkkk");
  EXPECT_EQ(truth_of("no."), "-");
  EXPECT_EQ(truth_of("a kitchen with two cups and a large blue chair."), "kkkkkkk");
  EXPECT_EQ(truth_of("two small red cups left of a large blue chair."), "kkkkkkkkk");
}

TEST(ParseAnswer, CaseAndAMissingLastPeriodDoNotMatter) {
  EXPECT_EQ(truth_of("There are two small red cups"), "kkkk");
  EXPECT_EQ(truth_of("Yes"), "k");
  EXPECT_EQ(truth_of("  this is a kitchen .\n\n there is no kite.\n"), "kk");
}

TEST(ParseAnswer, WhatIsNotExactlyTheLanguageIsNotRead) {
  for (const char* text : {"there may be a cup.",
                           "is there a cup?",
                           "there are two cups?",
                           "there are two small red cups!",
                           "there is not a kite.",
                           "the cup is not red.",
                           "there are two small red cup.",
                           "there is two cups.",
                           "there are a cup.",
                           "the cups is red.",
                           "there are 2 cups.",
                           "there are two red small cups.",
                           "there is a cup, a chair, a lamp.",
                           "cup chair lamp kite",
                           "es gibt zwei Tassen.",
                           "there are two small red cups or a kite.",
                           "i think there are two cups.",
                           "yes there are two cups.",
                           "yes, no.",
                           "yes, maybe.",
                           "E.",
                           "b.",
                           "a.",
                           "this is a kitchen or a park.",
                           ".",
                           "there are two small red cups and a kite and a lamp.",
                           "there are more cup than chairs.",
                           "there is",
                           "there are two small",
                           "the cups are red and blue.",
                           "there are no two cups.",
                           "neither.",
                           "there \xc3\xa4re two cups.",
                           "there are more cups than"}) {
    EXPECT_EQ(truth_of(text), "?") << text;
  }
  EXPECT_EQ(truth_of(""), "");
  EXPECT_EQ(truth_of(" \n "), "");
}

TEST(ParseAnswer, LongBabbleIsOneUnreadSentence) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "there are two small red cups and ";
  EXPECT_EQ(truth_of(text), "?");
}

TEST(ParseAnswer, RangesPointAtTheWords) {
  const std::string text = "this is a kitchen. there are two small red cups.";
  const auto sentences = parse_answer(text);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(text.substr(sentences[1].begin, sentences[1].end - sentences[1].begin),
            "there are two small red cups.");
  std::vector<std::string> words;
  for (const Claim& c : sentences[1].statements[0].claims)
    words.push_back(text.substr(c.begin, c.end - c.begin));
  EXPECT_THAT(words, testing::ElementsAre("two small red cups", "two", "small", "red"));
}

}  // namespace
}  // namespace plumbline::world
