#include "plumbline/benchmarks/object_halbench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

// Image 1 has a dog, a dining table, a cup and a person; image 2 a bear.
class ObjectHalBench : public testing::Test {
 protected:
  eval::EvalRequest request(const std::string& answers, const std::string& replies) {
    auto inputs = files_.inputs();
    inputs["questions"] = questions_;
    inputs["answers"] = files_.write("a.jsonl", answers);
    inputs["replies"] = files_.write("r.jsonl", replies);
    return request_of(benchmark_, inputs);
  }
  eval::Scoring score(const std::string& answers, const std::string& replies) {
    return benchmark_.score(request(answers, replies));
  }

  CocoFiles files_;
  eval::Benchmark benchmark_ = object_halbench();
  std::string questions_ =
      files_.write("q.jsonl",
                   "{\"image_id\":1,\"question\":\"What is there?\",\"image\":\"UE5H\"}\n"
                   "{\"image_id\":2,\"question\":\"Describe it.\",\"image\":\"UE5H\"}\n");
  const std::string answers_ =
      "{\"image_id\":2,\"question\":\"Describe it.\",\"answer\":\"Assistant: A bear and two "
      "cats.\"}\n"
      "{\"image_id\":\"1\",\"text\":\"A dog at a table with a hat\"}\n";
};

TEST_F(ObjectHalBench, FiguresByHand) {
  const auto scoring =
      score(answers_,
            "{\"id\":1,\"reply\":\"[\\\"dog\\\",\\\"dining table\\\",\\\"hat\\\"]\"}\n"
            "{\"id\":\"2\",\"reply\":\"[\\\"bear\\\",\\\"cats\\\",\\\"cat\\\"]\"}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "response_hall"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "chair_s"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "object_hall"), 1.0 / 4);  // a name counts once
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "object_correct"), 3.0 / 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "object_recall"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "length"), 13.0 / 2);  // without "Assistant:"
  EXPECT_EQ(eval::printed_figure(scoring, "object_hall"), "25.00");
  EXPECT_EQ(eval::figure(scoring, "answers_with_objects"), 2);
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(scoring.answers[1].verdict, "bear, not cat");
}

TEST_F(ObjectHalBench, TheOrderOfAnswersAndRepliesDoesNotMatter) {
  const std::string one = "{\"id\":1,\"reply\":\"[\\\"dog\\\"]\"}\n";
  const std::string two = "{\"id\":2,\"reply\":\"[\\\"cat\\\"]\"}\n";
  const size_t half = answers_.find('\n') + 1;
  const auto a = score(answers_, one + two);
  const auto b = score(answers_.substr(half) + answers_.substr(0, half), two + one);
  EXPECT_EQ(a.values(eval::total(a)), b.values(eval::total(b)));
  EXPECT_EQ(eval::figure(a, "response_hall"), 0.5);
}

TEST_F(ObjectHalBench, RawResponsesNeedAnswersInTheQuestionsOrder) {
  const std::string raw = R"({"choices":[{"message":{"content":"[\"dog\"]"}}]})";
  const std::string two = raw + "\n" + raw + "\n";
  const size_t half = answers_.find('\n') + 1;
  const auto turned = answers_.substr(half) + answers_.substr(0, half);
  EXPECT_EQ(score(turned, two).num_malformed, 0);
  EXPECT_THAT(eval::error_of([&] { score(answers_, two); }), HasSubstr("in the questions' order"));
}

TEST_F(ObjectHalBench, NoQuestionsAreRefused) {
  auto inputs = request(answers_, "{}");
  inputs.files["questions"] = files_.write("none.jsonl", "");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(inputs); }), HasSubstr("an empty file"));
  EXPECT_THAT(eval::error_of([&] { benchmark_.judge_requests(inputs); }),
              HasSubstr("an empty file"));
}

TEST_F(ObjectHalBench, ShortAnswersNameNothingAndNeedNoReply) {
  const auto scoring =
      score("{\"image_id\":1,\"text\":\"A big elephant\"}\n{\"image_id\":2,\"text\":null}\n",
            "{\"id\":1,\"reply\":\"[\\\"elephant\\\"]\"}\n");
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "response_hall")));
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "object_hall")));
  EXPECT_EQ(eval::figure(scoring, "chair_s"), 0);
  EXPECT_EQ(eval::figure(scoring, "object_recall"), 0);  // their truth counts
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(eval::figure(scoring, "length"), 2);  // an empty answer is one piece
}

TEST_F(ObjectHalBench, AReplyThatIsNoListCountsAsNone) {
  const auto scoring =
      score(answers_, "{\"id\":1,\"reply\":\"I see a dog.\"}\n{\"id\":2,\"reply\":null}\n");
  EXPECT_EQ(scoring.num_malformed, 2);
  EXPECT_EQ(eval::figure(scoring, "answers_with_objects"), 0);
  EXPECT_EQ(scoring.answers[0].verdict, "malformed reply");
}

TEST_F(ObjectHalBench, MissingAndUnknownReplies) {
  EXPECT_THAT(eval::error_of([&] { score(answers_, "{\"id\":1,\"reply\":\"[]\"}\n"); }),
              HasSubstr("none to 2"));
  EXPECT_THAT(eval::error_of([&] {
                score(answers_,
                      "{\"id\":1,\"reply\":\"[]\"}\n{\"id\":2,\"reply\":\"[]\"}\n"
                      "{\"id\":9,\"reply\":\"[]\"}\n");
              }),
              HasSubstr("replies to 9"));
  EXPECT_THAT(eval::error_of([&] {
                score("{\"image_id\":1,\"text\":\"a\"}\n", "{\"id\":1,\"reply\":\"[]\"}\n");
              }),
              HasSubstr("no answer to 2"));
}

TEST_F(ObjectHalBench, TheJudgeIsAskedAboutLongAnswers) {
  auto inputs = request(
      "{\"image_id\":1,\"text\":\"A {question} dog at a table\"}\n"
      "{\"image_id\":2,\"text\":\"A bear\"}\n",
      "");
  const auto asked = benchmark_.judge_requests(inputs);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].id, "1");
  EXPECT_THAT(asked[0].messages[0].content, HasSubstr("What is there?"));
  EXPECT_THAT(asked[0].messages[0].content, HasSubstr("A {question} dog"));
  inputs.files["prompt"] = files_.write("p.txt", "About {question}: {answer}!");
  EXPECT_EQ(benchmark_.judge_requests(inputs)[0].messages[0].content,
            "About What is there?: A {question} dog at a table!");
  inputs.files["prompt"] = files_.write("p.txt", "Which objects?");
  EXPECT_THAT(eval::error_of([&] { benchmark_.judge_requests(inputs); }), HasSubstr("{answer}"));
}

TEST_F(ObjectHalBench, PicturesAreInTheQuestions) {
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", questions_}}));
  ASSERT_EQ(prompts.size(), 2u);
  EXPECT_EQ(prompts[0].image_bytes, "PNG");
  EXPECT_EQ(prompts[1].question, "Describe it.");
  const auto other =
      files_.write("q2.jsonl", "{\"image_id\":1,\"question\":\"?\",\"image\":\"a.jpg\"}\n");
  EXPECT_THAT(eval::error_of([&] {
                benchmark_.prompts(request_of(benchmark_, {{"questions", other}}));
              }),
              HasSubstr("q2.jsonl:1"));
}

}  // namespace
}  // namespace plumbline::benchmarks
