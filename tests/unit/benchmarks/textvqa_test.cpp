#include "plumbline/benchmarks/textvqa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> people(const std::vector<std::pair<std::string, int>>& given) {
  std::vector<std::string> answers;
  for (const auto& [text, count] : given) answers.insert(answers.end(), count, text);
  return answers;
}

class Textvqa : public testing::Test {
 protected:
  eval::Scoring score(const std::string& answers, eval::Join join = eval::Join::Id) {
    auto request =
        request_of(benchmark_,
                   {{"questions",
                     files_.write("q.json", json{{"dataset_type", "val"}, {"data", data_}}.dump())},
                    {"answers", files_.write("a.jsonl", answers)}});
    request.join = join;
    return benchmark_.score(request);
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = textvqa();
  json data_ = {{{"question_id", 3},
                 {"image_id", "00ab"},
                 {"question", "What does the Sign say?"},
                 {"answers", people({{"stop", 3}, {"halt", 7}})}},
                {{"question_id", 4},
                 {"image_id", "00ab"},
                 {"question", "what is the number?"},
                 {"answers", people({{"1,000", 10}})}},
                {{"question_id", 5},
                 {"image_id", "77cd"},
                 {"question", "what brand is it?"},
                 {"answers", people({{"john's", 2}, {"johns", 8}})}}};
};

TEST_F(Textvqa, FiguresByHand) {
  const auto scoring = score(
      "{\"question_id\":5,\"answer\":\"John 's\"}\n{\"question_id\":3,\"answer\":\"Stop!\"}\n"
      "{\"question_id\":4,\"answer\":1000}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), (0.9 + 1 + 0.6) / 3);
  EXPECT_EQ(eval::printed_figure(scoring, "accuracy"), "83.33");
  EXPECT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.answers[2].verdict, "2 of 10");
}

TEST_F(Textvqa, LlavasFilesNameTheImage) {
  const std::string tail = "\\nAnswer the question using a single word or phrase.\",\"text\":";
  const auto scoring = score(
      "{\"question_id\":\"00ab\",\"prompt\":\"What is the number?" + tail +
      "\"1000\"}\n"
      "{\"question_id\":\"77cd\",\"prompt\":\"what brand is it?\\nReference OCR token: x, y" +
      tail +
      "\"JOHN'S\"}\n"
      "{\"question_id\":\"00ab\",\"prompt\":\"what does the sign say?\\nReference OCR token: " +
      tail + "null}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), (0 + 1 + 0.6) / 3);
  EXPECT_EQ(scoring.num_malformed, 1);
}

TEST_F(Textvqa, QuestionsOfLlavasPrompts) {
  EXPECT_EQ(textvqa_question("What?\nAnswer."), "What?");
  EXPECT_EQ(textvqa_question("What?\nReference OCR token: a\nAnswer."), "What?");
  EXPECT_EQ(textvqa_question("Reference OCR token: a\nWhat?\nAnswer."), "What?");
  EXPECT_EQ(textvqa_question("OCR tokens: a b. Question: What\nnow? Short answer:"), "What\nnow?");
  EXPECT_EQ(textvqa_question("OCR tokens: a"), "OCR tokens: a");
  EXPECT_EQ(textvqa_question("What?"), "What?");
  EXPECT_EQ(textvqa_question(""), "");
}

TEST_F(Textvqa, WrongAnswersToImagesAreRefused) {
  const std::string good =
      "{\"question_id\":\"00ab\",\"prompt\":\"What is the number?\",\"text\":\"1\"}\n";
  EXPECT_THAT(eval::error_of([&] { score(good); }), HasSubstr("no answer to 3, 5"));
  EXPECT_THAT(eval::error_of([&] { score(good + good); }), HasSubstr("another to"));
  EXPECT_THAT(eval::error_of([&] {
                score(
                    "{\"question_id\":\"77cd\",\"prompt\":\"what is the number?\","
                    "\"text\":\"1\"}\n");
              }),
              HasSubstr("a question about the image 77cd"));
}

TEST_F(Textvqa, TheSameQuestionTwiceAboutAnImage) {
  data_[1]["question"] = "What does the sign say?";
  const std::string line =
      "{\"question_id\":\"00ab\",\"prompt\":\"what does the sign say?\",\"text\":";
  const auto scoring = score(line + "\"halt\"}\n" + line + "\"1000\"}\n" +
                             "{\"question_id\":\"77cd\",\"prompt\":\"what brand is it?\","
                             "\"text\":\"johns\"}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 1);
}

TEST_F(Textvqa, BadFilesAreRefused) {
  const std::string answers =
      "{\"question_id\":3,\"text\":\"\"}\n{\"question_id\":4,\"text\":\"\"}\n";
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("no answer to 5"));
  EXPECT_THAT(eval::error_of([&] { score(answers + answers); }), HasSubstr("twice: 3, 4"));
  EXPECT_THAT(eval::error_of([&] { score(answers, eval::Join::Position); }),
              HasSubstr("equal length"));
  data_[0]["answers"] = people({{"stop", 9}});
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("expected 10 answers, got 9"));
  data_[0].erase("answers");
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("data record 1"));
  data_ = json::array();
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("an empty list"));
}

TEST_F(Textvqa, PromptsNeedNoAnswers) {
  for (auto& record : data_) record.erase("answers");
  const auto path = files_.write("test.json", json{{"data", data_}}.dump());
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", path}}));
  ASSERT_EQ(prompts.size(), 3u);
  EXPECT_EQ(prompts[2].id, "5");
  EXPECT_EQ(prompts[2].image, "77cd.jpg");
}

}  // namespace
}  // namespace plumbline::benchmarks
