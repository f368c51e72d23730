#include "plumbline/benchmarks/pope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

bool is_read_as_yes(const std::string& answer) {
  return read_pope_answer(answer, true, PopeRule::Official).is_true_positive;
}

TEST(Pope, OfficialRule) {
  for (const char* no :
       {"No", "no", "No.", "No, there is not.", "There is no dog.", "Yes, but not a dog"}) {
    EXPECT_FALSE(is_read_as_yes(no)) << no;
  }
  for (const char* yes : {"Yes", "Yes.", "NO", "No;", "\nNo", "It isn't.", "nothing", "Not sure",
                          "I think. No", ""}) {
    EXPECT_TRUE(is_read_as_yes(yes)) << yes;
  }
}

TEST(Pope, WhatSaysNeitherIsMalformedAndCountsAsYes) {
  for (const char* text : {"", "nothing", "It isn't.", "a dog"}) {
    EXPECT_TRUE(read_pope_answer(text, true, PopeRule::Official).is_malformed) << text;
    EXPECT_TRUE(read_pope_answer(text, false, PopeRule::Official).is_false_positive) << text;
  }
  EXPECT_FALSE(read_pope_answer("NO", true, PopeRule::Official).is_malformed);
}

TEST(Pope, VcdLooksForTheTruthAnywhere) {
  EXPECT_TRUE(read_pope_answer("I do not know", false, PopeRule::Vcd).is_true_negative);
  EXPECT_TRUE(read_pope_answer("Nothing", false, PopeRule::Vcd).is_true_negative);
  EXPECT_TRUE(read_pope_answer("Yes and no", false, PopeRule::Vcd).is_true_negative);
  EXPECT_TRUE(read_pope_answer("Yes and no", true, PopeRule::Vcd).is_true_positive);
  const auto neither = read_pope_answer("a dog", false, PopeRule::Vcd);
  EXPECT_TRUE(neither.is_false_positive);
  EXPECT_TRUE(neither.is_malformed);
  EXPECT_TRUE(read_pope_answer("a dog", true, PopeRule::Vcd).is_false_negative);
}

TEST(Pope, LmmsWantsTheWordAlone) {
  EXPECT_TRUE(read_pope_answer(" YES\n", true, PopeRule::Lmms).is_true_positive);
  EXPECT_TRUE(read_pope_answer("\u00A0yes\u3000", true, PopeRule::Lmms).is_true_positive);
  const auto wordy = read_pope_answer("No.", true, PopeRule::Lmms);
  EXPECT_FALSE(wordy.is_false_negative);  // counted for exactly "no" only
  EXPECT_TRUE(wordy.is_malformed);
  EXPECT_TRUE(read_pope_answer("no", true, PopeRule::Lmms).is_false_negative);
  EXPECT_TRUE(read_pope_answer("no", true, PopeRule::Lmms).is_yes);  // the truth's
  EXPECT_FALSE(read_pope_answer("yes", false, PopeRule::Lmms).is_yes);
}

TEST(Pope, VlmEvalKitWantsOneOfTheWords) {
  EXPECT_TRUE(read_pope_answer("No, not at all", false, PopeRule::VlmEvalKit).is_true_negative);
  const auto both = read_pope_answer("yes or no", true, PopeRule::VlmEvalKit);
  EXPECT_TRUE(both.is_malformed);
  EXPECT_TRUE(both.is_false_negative);
  EXPECT_TRUE(read_pope_answer("nothing", false, PopeRule::VlmEvalKit).is_malformed);
  // Words are what its own cleaning of punctuation leaves between blanks.
  for (const char* yes : {"Yes.", "yes!", "(yes)", "it's-yes", "well ,yes", "YES\t"}) {
    EXPECT_TRUE(read_pope_answer(yes, true, PopeRule::VlmEvalKit).is_true_positive) << yes;
  }
  for (const char* neither : {"**Yes**", "yes:", "'yes'", "Yes.It", "yes,it is , red", "yes.5"}) {
    EXPECT_TRUE(read_pope_answer(neither, true, PopeRule::VlmEvalKit).is_malformed) << neither;
  }
}

class PopeFiles : public testing::Test {
 protected:
  eval::Scoring score(const std::string& answers, const std::vector<std::string>& variants = {}) {
    return benchmark_.score(request_of(
        benchmark_, {{"questions", questions_}, {"answers", files_.write("a.jsonl", answers)}},
        variants));
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = pope();
  std::string questions_ = files_.write(
      "q.jsonl",
      "{\"question_id\":1,\"image\":\"a.jpg\",\"text\":\"Is there a cup?\",\"label\":\"yes\"}\n"
      "{\"question_id\":2,\"image\":\"a.jpg\",\"text\":\"Is there a dog?\",\"label\":\"no\"}\n"
      "{\"question_id\":3,\"image\":\"b.jpg\",\"text\":\"Is there a cat?\",\"label\":\"yes\"}\n"
      "{\"question_id\":4,\"image\":\"b.jpg\",\"text\":\"Is there a hat?\",\"label\":\"no\"}\n"
      "{\"question_id\":5,\"image\":\"b.jpg\",\"text\":\"Is there a bus?\",\"label\":\"no\"}\n");
};

TEST_F(PopeFiles, FiguresByHand) {
  // Answers in another order, ids as text: true positive, false positive, false negative, two true
  // negatives.
  const auto scoring = score(
      "{\"question_id\":\"5\",\"text\":\"No\"}\n{\"question_id\":\"1\",\"text\":\"Yes\"}\n"
      "{\"question_id\":2,\"text\":\"Yes\"}\n{\"question_id\":3,\"text\":\"no\"}\n"
      "{\"question_id\":4.0,\"text\":\"No, there is not.\"}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "precision"), 1.0 / 2);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "recall"), 1.0 / 2);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "f1"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "yes_ratio"), 2.0 / 5);
  EXPECT_EQ(eval::printed_figure(scoring, "accuracy"), "0.600");
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(scoring.units.size(), 2u);
}

TEST_F(PopeFiles, AlwaysNoHasNoPrecision) {
  std::string answers;
  for (int i = 1; i <= 5; ++i) {
    answers += "{\"question_id\":" + std::to_string(i) + ",\"text\":\"No\"}\r\n";
  }
  const auto scoring = score("\xEF\xBB\xBF" + answers);
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "precision")));
  EXPECT_EQ(eval::printed_figure(scoring, "f1"), "0.000");
  EXPECT_EQ(eval::figure(scoring, "recall"), 0);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 0.6);
  EXPECT_THAT(
      scoring.baselines[1].second,
      testing::Pointwise(testing::NanSensitiveDoubleEq(), scoring.values(eval::total(scoring))));
}

TEST_F(PopeFiles, NullIsMalformedYes) {
  std::string answers = "{\"question_id\":1,\"text\":null}\n";
  for (int i = 2; i <= 5; ++i) {
    answers += "{\"question_id\":" + std::to_string(i) + ",\"text\":\"No\"}\n";
  }
  const auto scoring = score(answers);
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_EQ(eval::figure(scoring, "precision"), 1);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy_of_readable"), 3.0 / 4);
}

TEST_F(PopeFiles, AnotherEditionIsRefused) {
  std::string answers;
  for (int i = 1; i <= 5; ++i) {
    answers += "{\"question_id\":" + std::to_string(i) + ",\"prompt\":\"Is there a " +
               (i == 4 ? "bat" : std::vector{"", "cup", "dog", "cat", "", "bus"}[i]) +
               "?\\nAnswer the question using a single word or phrase.\",\"text\":\"No\"}\n";
  }
  const auto error = eval::error_of([&] { score(answers); });
  EXPECT_THAT(error, HasSubstr("'Is there a hat?'"));
  EXPECT_THAT(error, HasSubstr("a.jsonl:4"));
}

TEST_F(PopeFiles, LabelsOfLlavasMergedFile) {
  const auto merged = files_.write("merged.jsonl",
                                   "{\"question_id\":1,\"image\":\"a.jpg\",\"text\":\"Is there a "
                                   "cup?\\nAnswer the question using "
                                   "a single word or phrase.\",\"category\":\"random\"}\n"
                                   "{\"question_id\":2,\"image\":\"a.jpg\",\"text\":\"Is there a "
                                   "dog?\\nAnswer the question using "
                                   "a single word or phrase.\",\"category\":\"popular\"}\n");
  const auto answers = files_.write("a.jsonl",
                                    "{\"question_id\":1,\"text\":\"Yes\"}\n"
                                    "{\"question_id\":2,\"text\":\"Yes\"}\n");
  auto request = request_of(benchmark_, {{"questions", merged}, {"answers", answers}});
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request); }), HasSubstr("--file random=FILE"));
  request.files["random"] = request.files["popular"] = questions_;
  const auto scoring = benchmark_.score(request);
  EXPECT_EQ(eval::figure(scoring, "random/accuracy"), 1);
  EXPECT_EQ(eval::figure(scoring, "popular/accuracy"), 0);
  EXPECT_EQ(eval::figure(scoring, "overall/accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "overall/f1"), 2.0 / 3);
  const auto prompts = benchmark_.prompts(request);
  EXPECT_EQ(prompts[0].test_prompt, "");
  EXPECT_EQ(prompts[0].max_tokens, 64);
}

TEST_F(PopeFiles, TheTestPromptStandsBehindTheQuestion) {
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", questions_}}));
  ASSERT_EQ(prompts.size(), 5u);
  EXPECT_EQ(prompts[2].question + prompts[2].test_prompt,
            "Is there a cat?\nAnswer the question using a single word or phrase.");
}

}  // namespace
}  // namespace plumbline::benchmarks
