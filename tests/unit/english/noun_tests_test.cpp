#include "plumbline/english/noun_tests.h"

#include <gtest/gtest.h>

#include "tests/unit/english/wordnet_files.h"

namespace plumbline::english {
namespace {

TEST(NounTests, WhatWordNetHasAsANoun) {
  const WordNetFiles files;
  const WordNet wordnet(files.folder());
  for (const char* noun : {"dog", "dogs", "Dogs", "mice", "light", "leaves"}) {
    EXPECT_TRUE(may_be_noun(noun, wordnet)) << noun;
  }
  for (const char* other : {"a", "in", "us", "A", "nice", "quickly", ".", ""}) {
    EXPECT_FALSE(may_be_noun(other, wordnet)) << other;
  }
}

TEST(NounTests, WhatIsMostlyANoun) {
  const WordNetFiles files;
  const WordNet wordnet(files.folder());
  for (const char* noun : {"dog", "light", "Light", "bench"}) {
    EXPECT_TRUE(is_mostly_noun(noun, wordnet)) << noun;
  }
  for (const char* other : {"leaves", "leave", "a", "nice", "zzz"}) {
    EXPECT_FALSE(is_mostly_noun(other, wordnet)) << other;
  }
}

TEST(NounTests, ATaggerDecidesWhereThereIsOne) {
  const WordNetFiles files;
  files.write("averaged_perceptron_tagger_eng.classes.json", R"(["DT","NN","VB"])");
  files.write("averaged_perceptron_tagger_eng.tagdict.json", R"({"the":"DT"})");
  files.write("averaged_perceptron_tagger_eng.weights.json",
              R"({"i-1 tag DT":{"NN":2.0},"i-1 tag NN":{"VB":1.5}})");
  const WordNet wordnet(files.folder());
  const PerceptronTagger tagger(files.folder());
  EXPECT_EQ(are_nouns({"the", "dog", "walk"}, wordnet, &tagger),
            (std::vector<bool>{false, true, false}));
  EXPECT_EQ(are_nouns({"the", "dog", "walk"}, wordnet, nullptr),
            (std::vector<bool>{false, true, true}));
  EXPECT_TRUE(are_nouns({}, wordnet, &tagger).empty());
}

}  // namespace
}  // namespace plumbline::english
