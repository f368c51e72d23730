#include "plumbline/english/perceptron_tagger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/unit/english/wordnet_files.h"

namespace plumbline::english {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Tagger : public testing::Test {
 protected:
  void write(const std::string& weights, const std::string& classes = R"(["NN","DT","VB"])") {
    files_.write("averaged_perceptron_tagger_eng.classes.json", classes);
    files_.write("averaged_perceptron_tagger_eng.tagdict.json", R"({"the":"DT"})");
    files_.write("averaged_perceptron_tagger_eng.weights.json", weights);
  }
  std::vector<std::string> tags(const std::vector<std::string>& tokens) {
    return PerceptronTagger(files_.folder()).tags(tokens);
  }
  std::string error() {
    try {
      PerceptronTagger(files_.folder());
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }

  WordNetFiles files_;
};

TEST_F(Tagger, WeightsOfFeaturesAddUp) {
  write(R"({"bias":{"NN":1.0},"i suffix ing":{"VB":0.75},"i-1 tag NN":{"VB":0.5}})");
  EXPECT_THAT(tags({"the", "dog", "running"}), ElementsAre("DT", "NN", "VB"));
  EXPECT_THAT(tags({"running"}), ElementsAre("NN"));
}

TEST_F(Tagger, TheLastOfTheAlphabetWinsATie) {
  write("{}");
  EXPECT_THAT(tags({"dog"}), ElementsAre("VB"));
}

TEST_F(Tagger, WordsAroundCountInTheirNormalForm) {
  write(R"({"i word !YEAR":{"NN":1},"i word !DIGITS":{"DT":1},"i word !HYPHEN":{"VB":1},
            "i word dog":{"DT":1},"i+1 word dog":{"NN":3},"i-1 word dog":{"NN":3},
            "i-2 word dog":{"DT":4}})");
  EXPECT_THAT(tags({"1999"}), ElementsAre("NN"));
  EXPECT_THAT(tags({"19th"}), ElementsAre("DT"));
  EXPECT_THAT(tags({"t-shirt"}), ElementsAre("VB"));
  EXPECT_THAT(tags({"19th", "Dog", "19th", "1999"}), ElementsAre("NN", "DT", "NN", "DT"));
}

TEST_F(Tagger, SuffixesAreOfCharacters) {
  write(R"({"i suffix afé":{"NN":1},"i pref1 é":{"DT":1}})");
  EXPECT_THAT(tags({"café", "étage"}), ElementsAre("NN", "DT"));
}

TEST_F(Tagger, WhatIsNoTagger) {
  EXPECT_THAT(error(), HasSubstr("averaged_perceptron_tagger_eng.zip"));
  write("[]");
  EXPECT_THAT(error(), HasSubstr("expected object, got array"));
  write("{");
  EXPECT_THAT(error(), HasSubstr("expected JSON"));
  write(R"({"bias":{"XX":1}})");
  EXPECT_THAT(error(), HasSubstr("'XX'"));
  write(R"({"bias":{"NN":"much"}})");
  EXPECT_THAT(error(), HasSubstr("words, tags and weights"));
  write("{}", "[]");
  EXPECT_THAT(error(), HasSubstr("expected classes, got none"));
}

}  // namespace
}  // namespace plumbline::english
