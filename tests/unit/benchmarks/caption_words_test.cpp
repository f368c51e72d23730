#include "plumbline/benchmarks/caption_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CaptionWordsOf : public testing::Test {
 protected:
  std::vector<std::string> words(LemmaRule rule, const std::string& caption) {
    return CaptionWords(rule, request_)(caption);
  }
  void write_tagger() {
    files_.write("averaged_perceptron_tagger_eng.classes.json", R"(["NN","VBZ"])");
    files_.write("averaged_perceptron_tagger_eng.tagdict.json", "{}");
    files_.write("averaged_perceptron_tagger_eng.weights.json",
                 R"({"bias":{"NN":1},"i-1 word dog":{"VBZ":2}})");
    request_.files["tagger"] = files_.path("");
  }

  CocoFiles files_;
  eval::EvalRequest request_ = {.files = {{"wordnet", files_.words.folder()}}, .variants = {}};
};

TEST_F(CaptionWordsOf, ReducesByEachRule) {
  EXPECT_THAT(words(LemmaRule::Words, "Two GLASSES, a bus"),
              ElementsAre("two", "glass", ",", "a", "bu"));
  EXPECT_THAT(words(LemmaRule::Noun, "Women's axes"), ElementsAre("woman", "'s", "ax"));
  write_tagger();
  EXPECT_THAT(words(LemmaRule::Pos, "the dog walks"), ElementsAre("the", "dog", "walk"));
  EXPECT_THAT(words(LemmaRule::Pos, "a dog leaves leaves"),
              ElementsAre("a", "dog", "leave", "leaf"));
}

TEST_F(CaptionWordsOf, EmptyCaptionsHaveNoWords) {
  EXPECT_TRUE(words(LemmaRule::Words, " \n").empty());
}

TEST_F(CaptionWordsOf, WhatIsMissing) {
  EXPECT_THAT(eval::error_of([&] { words(LemmaRule::Pos, ""); }),
              HasSubstr("--file tagger=FOLDER"));
  request_.files["wordnet"] = "/tmp/no-such-folder";
  EXPECT_THAT(eval::error_of([&] { words(LemmaRule::Noun, ""); }), HasSubstr("wordnet-base"));
  EXPECT_EQ(eval::error_of([&] { words(LemmaRule::Words, ""); }), "");
}

}  // namespace
}  // namespace plumbline::benchmarks
