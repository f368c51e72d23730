#include "plumbline/benchmarks/chair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class Chair : public testing::Test {
 protected:
  eval::Scoring score(const std::string& answers, const std::vector<std::string>& variants = {}) {
    auto inputs = files_.inputs();
    inputs["answers"] = files_.write("a.jsonl", answers);
    if (!questions_.empty()) inputs["questions"] = questions_;
    return benchmark_.score(request_of(benchmark_, inputs, variants));
  }

  CocoFiles files_;
  eval::Benchmark benchmark_ = chair();
  std::string questions_;
};

// Image 1 has a dog, a dining table, a cup and a person; image 2 a bear.
constexpr const char* kCaptions =
    "{\"image_id\":2,\"caption\":\"A bear with two cats and a cat.\"}\n"
    "{\"image_id\":1,\"caption\":\"A puppy and a dog at the table.\"}\n";

TEST_F(Chair, FiguresByHand) {
  const auto scoring = score(kCaptions);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "chair_i"), 2.0 / 6);  // repeats count
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "chair_s"), 1.0 / 2);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "recall"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "length"), 18.0 / 2);
  EXPECT_EQ(eval::printed_figure(scoring, "chair_i"), "33.3");
  EXPECT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.answers[0].verdict, "bear, not cat, not cat");
}

TEST_F(Chair, TheOrderOfCaptionsDoesNotMatter) {
  const std::string text = kCaptions;
  const size_t half = text.find('\n') + 1;
  const auto one = score(text), other = score(text.substr(half) + text.substr(0, half));
  EXPECT_EQ(one.values(eval::total(one)), other.values(eval::total(other)));
}

TEST_F(Chair, CaptionsWithoutObjects) {
  const auto scoring =
      score("{\"image_id\":1,\"caption\":\"\"}\n{\"image_id\":2,\"caption\":null}\n");
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "chair_i")));
  EXPECT_EQ(eval::printed_figure(scoring, "chair_i"), "n/a");
  EXPECT_EQ(eval::figure(scoring, "chair_s"), 0);
  EXPECT_EQ(eval::figure(scoring, "recall"), 0);
  EXPECT_EQ(scoring.num_malformed, 2);
}

TEST_F(Chair, OneMoreHallucinationIsNeverBetter) {
  const auto less = score("{\"image_id\":1,\"caption\":\"a dog\"}\n");
  const auto more = score("{\"image_id\":1,\"caption\":\"a dog and an elephant\"}\n");
  EXPECT_LT(eval::figure(less, "chair_i"), eval::figure(more, "chair_i"));
  EXPECT_LT(eval::figure(less, "chair_s"), eval::figure(more, "chair_s"));
  EXPECT_EQ(eval::figure(less, "recall"), eval::figure(more, "recall"));
}

TEST_F(Chair, LengthIsOfMergedWords) {
  EXPECT_EQ(eval::figure(score("{\"image_id\":2,\"caption\":\"teddy bears!\"}\n"), "length"), 2);
}

TEST_F(Chair, RulesForWordsAndSynonyms) {
  const std::string desk = "{\"image_id\":1,\"caption\":\"desks\"}\n";
  EXPECT_TRUE(std::isnan(eval::figure(score(desk), "chair_i")));
  EXPECT_EQ(eval::figure(score(desk, {"chair.synonyms=refined"}), "chair_i"), 0);
  // "axes" is no object by any rule; "cats" by both.
  const auto noun = score("{\"image_id\":1,\"caption\":\"cats\"}\n", {"chair.lemma=noun"});
  EXPECT_EQ(eval::figure(noun, "chair_i"), 1);
  EXPECT_THAT(noun.notes.at(0), HasSubstr("chair.lemma=noun"));
  EXPECT_THAT(eval::error_of([&] { score(desk, {"chair.lemma=pos"}); }), HasSubstr("tagger"));
}

TEST_F(Chair, ImagesThatWereAskedAbout) {
  questions_ = files_.write("q.jsonl", "{\"image_id\":1}\n{\"image\":\"x_02.jpg\"}\n");
  EXPECT_EQ(score(kCaptions).answers.at(0).id, "1");
  EXPECT_THAT(eval::error_of([&] { score("{\"image_id\":1,\"caption\":\"a dog\"}\n"); }),
              HasSubstr("no answer to 2"));
  EXPECT_THAT(eval::error_of([&] {
                score(std::string(kCaptions) + "{\"image_id\":3,\"caption\":\"a dog\"}\n");
              }),
              HasSubstr("answers to 3"));
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", questions_}}));
  ASSERT_EQ(prompts.size(), 2u);
  EXPECT_EQ(prompts[1].id, "2");
  EXPECT_EQ(prompts[0].image, "COCO_val2014_000000000001.jpg");
  EXPECT_EQ(prompts[1].image, "x_02.jpg");
  EXPECT_EQ(prompts[0].question, "Please describe this image in detail.");
  EXPECT_EQ(prompts[0].max_tokens, 512);
  EXPECT_THAT(eval::error_of([&] { benchmark_.prompts(request_of(benchmark_, {})); }),
              HasSubstr("--questions"));
}

TEST_F(Chair, AnUnknownImageIsRefused) {
  EXPECT_THAT(eval::error_of([&] { score("{\"image_id\":8,\"caption\":\"a dog\"}\n"); }),
              HasSubstr("none of 8"));
}

}  // namespace
}  // namespace plumbline::benchmarks
