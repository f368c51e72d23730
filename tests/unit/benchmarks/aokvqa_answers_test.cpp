#include "plumbline/benchmarks/aokvqa_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

TEST(AokvqaAnswers, OfficialPredictions) {
  const eval::EvalFiles files;
  const auto answers = read_aokvqa_answers(
      files.write("a.json",
                  "\xEF\xBB\xBF{\n\"q2\": {\"multiple_choice\": \"cup\"},\n"
                  "\"q1\": {\"direct_answer\": null, \"multiple_choice\": \"mug\"}}"),
      true);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].id, "q1");
  EXPECT_EQ(answers[0].direct_answer, "");
  EXPECT_EQ(answers[0].multiple_choice, "mug");
  EXPECT_EQ(answers[1].direct_answer, std::nullopt);
  EXPECT_THAT(answers[1].where, HasSubstr("a.json, 'q2'"));
}

TEST(AokvqaAnswers, TextsBelongToTheSettingNamed) {
  const eval::EvalFiles files;
  const auto lines = files.write("a.jsonl",
                                 "{\"question_id\":\"q1\",\"text\":\"B\"}\n"
                                 "{\"question_id\":\"q2\",\"direct_answer\":\"cup\"}\n");
  EXPECT_EQ(read_aokvqa_answers(lines, true)[0].multiple_choice, "B");
  EXPECT_EQ(read_aokvqa_answers(lines, false)[0].direct_answer, "B");
  EXPECT_EQ(read_aokvqa_answers(lines, true)[1].direct_answer, "cup");
  const auto plain = files.write("p.json", "{\"q1\": \"cup\", \"q2\": 3}");
  EXPECT_EQ(read_aokvqa_answers(plain, false)[1].direct_answer, "3");
  const auto one = files.write("one.jsonl", "{\"question_id\":\"q1\",\"text\":\"B\"}");
  EXPECT_EQ(read_aokvqa_answers(one, true)[0].id, "q1");
}

TEST(AokvqaAnswers, RefusesRecordsWithoutAnAnswer) {
  const eval::EvalFiles files;
  for (const char* text : {"{\"q1\": {\"answers\": \"cup\"}}", "{\"question_id\":\"q1\"}",
                           "[{\"text\":\"cup\"}]", "{\"q1\": [\"cup\"]}", "{\"q1\": {"}) {
    EXPECT_NE(eval::error_of([&] { read_aokvqa_answers(files.write("a.json", text), true); }), "")
        << text;
  }
}

TEST(AokvqaAnswers, LettersNameChoices) {
  const std::vector<std::string> choices = {"cup", "black cat", "dog", "B"};
  for (const char* answer : {"C", "C.", "(C)", "dog"}) {
    EXPECT_EQ(aokvqa_choice(answer, choices), "dog") << answer;
  }
  EXPECT_EQ(aokvqa_choice("B", choices), "B");  // a choice before its letter
  EXPECT_EQ(aokvqa_choice("(B)", choices), "black cat");
  for (const char* answer :
       {"E", "E.", "(E)", "c", "Dog", "C)", "the dog", "", "(", "()", "C. dog", "CC", "@"}) {
    EXPECT_EQ(aokvqa_choice(answer, choices), std::nullopt) << answer;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
