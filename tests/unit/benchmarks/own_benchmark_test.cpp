#include "plumbline/benchmarks/own_benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class OwnBenchmark : public testing::Test {
 protected:
  eval::EvalRequest request(const std::string& questions, const std::string& answers = kAnswers) {
    return request_of(benchmark_, {{"questions", files_.write("q.jsonl", questions)},
                                   {"answers", files_.write("a.jsonl", answers)},
                                   {"replies", files_.write("r.jsonl", kReplies)}});
  }

  static constexpr const char* kQuestions =
      "{\"id\":\"1\",\"image\":\"a.jpg\",\"question\":\"How many cups?\",\"reference\":\"Two.\","
      "\"type\":\"counting\",\"facts\":[\"There are two cups.\",\"They are red.\"]}\n"
      "{\"id\":2,\"image\":\"b.jpg\",\"question\":\"What is it?\",\"reference\":\"A dog.\"}\n";
  static constexpr const char* kAnswers =
      "{\"id\":\"2\",\"text\":\"A cat.\"}\n{\"question_id\":1,\"text\":\"Two red cups.\"}\n";
  static constexpr const char* kReplies =
      "{\"id\":\"1\",\"reply\":\"Rating: 5\"}\n{\"id\":\"2\",\"reply\":\"Rating: 1\"}\n";
  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = own_benchmark();
};

TEST_F(OwnBenchmark, FiguresByHand) {
  const auto scoring = benchmark_.score(request(kQuestions));
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "average_score"), 3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hallucination_rate"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/counting"), 5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hallucination_rate/counting"), 0);
  EXPECT_EQ(scoring.answers[1].answer, "A cat.");
}

TEST_F(OwnBenchmark, TheJudgeIsShownTheFactsAndTheModelIsNot) {
  const auto judged = benchmark_.judge_requests(request(kQuestions));
  EXPECT_THAT(judged[0].messages[0].content,
              AllOf(HasSubstr("- There are two cups.\n- They are red."), HasSubstr("Two."),
                    HasSubstr("Two red cups.")));
  EXPECT_EQ(judged[1].id, "2");
  for (const auto& prompt : benchmark_.prompts(request(kQuestions))) {
    EXPECT_EQ(prompt.question.find("red"), std::string::npos);
  }
}

TEST_F(OwnBenchmark, UnfitFilesAreRefused) {
  const auto error = [&](const std::string& questions, const std::string& answers = kAnswers) {
    return eval::error_of([&] { benchmark_.score(request(questions, answers)); });
  };
  EXPECT_THAT(
      error("{\"id\":1,\"image\":\"a\",\"question\":\"q\",\"reference\":\"r\",\"facts\":\"f\"}"),
      AllOf(HasSubstr("'facts' as a list"), HasSubstr("q.jsonl:1")));
  EXPECT_THAT(
      error("{\"id\":1,\"image\":\"a\",\"question\":\"q\",\"reference\":\"r\",\"facts\":[1]}"),
      HasSubstr("'facts' as a list"));
  EXPECT_THAT(error("{\"id\":1,\"image\":\"a\",\"question\":\"q\"}"), HasSubstr("'reference'"));
  EXPECT_THAT(error(""), HasSubstr("an empty file"));
  EXPECT_THAT(error(kQuestions, "{\"id\":\"2\",\"text\":\"A cat.\"}\n"),
              HasSubstr("no answer to 1"));
  EXPECT_THAT(error(kQuestions, std::string(kAnswers) + "{\"id\":\"3\",\"text\":\"A cat.\"}\n"),
              HasSubstr("answers to 3"));
}

TEST_F(OwnBenchmark, ByPositionTheNumbersMustBeEqual) {
  auto one = request(kQuestions, "{\"text\":\"Two red cups.\"}\n");
  one.join = eval::Join::Position;
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(one); }), HasSubstr("2 answers"));
  one = request(kQuestions, "{\"text\":\"Two red cups.\"}\n{\"text\":\"A cat.\"}\n");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(one); }), HasSubstr("--join position"));
  one.join = eval::Join::Position;
  EXPECT_EQ(benchmark_.score(one).answers[1].answer, "A cat.");
}

}  // namespace
}  // namespace plumbline::benchmarks
