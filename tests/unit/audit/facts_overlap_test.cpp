#include "plumbline/audit/facts_overlap.h"

#include <gtest/gtest.h>

namespace plumbline::audit {
namespace {

TEST(FactsOverlap, CountsContentWordsAsOftenAsTheyAreSaid) {
  const std::vector<std::string> facts = {"two small red cups", "a kitchen with a large chair"};
  EXPECT_EQ(facts_overlap("there are two small red cups.", facts), 1);
  EXPECT_EQ(facts_overlap("there are two small blue cups.", facts), 0.75);
  EXPECT_EQ(facts_overlap("red, red, blue", facts), 2.0 / 3);
  EXPECT_EQ(facts_overlap("a large kite", facts), 0.5);  // from another fact, of another object
  EXPECT_EQ(facts_overlap("cup", facts), 0);             // no inflection
}

TEST(FactsOverlap, StopWordsCountNowhere) {
  EXPECT_EQ(facts_overlap("Yes, there is.", {"yes, there is a cup"}), 0);
  EXPECT_EQ(facts_overlap("it's a cup", {"cup"}), 1);
  EXPECT_EQ(facts_overlap("", {"cup"}), 0);
  EXPECT_EQ(facts_overlap("cup", {}), 0);
}

TEST(FactsOverlap, CaseAndPunctuationDoNotCountAndOtherScriptsAreWords) {
  EXPECT_EQ(facts_overlap("\"RED\"-Cups!", {"the (red) cups;"}), 1);
  EXPECT_EQ(facts_overlap("ÜBER Straße", {"über straße"}), 1);
  EXPECT_EQ(facts_overlap("the dog's bone", {"a dog\u2019s bone"}), 1);
  EXPECT_EQ(facts_overlap("the dogs' bone", {"dogs, bone"}), 1);
  EXPECT_EQ(facts_overlap("красный 3", {"3 красный"}), 1);
  EXPECT_EQ(facts_overlap("red\xff\xc3", {"red"}), 1);  // broken bytes end words
}

}  // namespace
}  // namespace plumbline::audit
