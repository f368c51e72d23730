#include "plumbline/benchmarks/hallusion_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/benchmarks/hallusion_bench.h"
#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Of members that come twice the last counts.
std::string record(const std::string& more) {
  return "{\"category\":\"VS\",\"subcategory\":\"chart\",\"visual_input\":\"1\",\"set_id\":\"3\","
         "\"figure_id\":\"1\",\"question_id\":\"0\",\"question\":\"Is it "
         "red?\",\"gt_answer\":\"1\","
         "\"gt_answer_details\":\"It is red.\",\"filename\":null" +
         more + "}";
}

TEST(HallusionRecords, AreNamedBySetFigureAndQuestion) {
  const eval::EvalFiles files;
  const auto questions = read_hallusion_questions(files.write(
      "q.json", "[" + record("") + "," +
                    record(",\"set_id\":4,\"figure_id\":0,\"visual_input\":0") + "," +
                    record(",\"category\":\"VD\",\"filename\":\"./VD/chart/9.png\"") + "]"));
  EXPECT_EQ(questions[0].asked.id, "VS_chart_3_1_0");
  EXPECT_EQ(questions[0].set, "VS_chart_3");
  EXPECT_EQ(questions[0].asked.image, "VS/chart/3_1.png");
  EXPECT_TRUE(questions[0].is_yes);
  EXPECT_FALSE(questions[0].is_without_figure());
  EXPECT_EQ(questions[1].asked.id, "VS_chart_4_0_0");
  EXPECT_EQ(questions[1].asked.image, "");
  EXPECT_TRUE(questions[1].is_without_figure());
  EXPECT_EQ(questions[2].asked.image, "VD/chart/9.png");
}

TEST(HallusionRecords, UnfitOnesAreRefused) {
  const eval::EvalFiles files;
  const auto error = [&](const std::string& text) {
    return eval::error_of([&] { read_hallusion_questions(files.write("q.jsonl", text)); });
  };
  EXPECT_THAT(error(record(",\"gt_answer\":\"2\"")),
              AllOf(HasSubstr("'gt_answer' of 0 to 1"), HasSubstr("q.jsonl:1")));
  EXPECT_THAT(error(record(",\"visual_input\":\"3\"")), HasSubstr("'visual_input' of 0 to 2"));
  EXPECT_THAT(error(record(",\"category\":\"VX\"")), HasSubstr("'VX'"));
  EXPECT_THAT(error(record(",\"set_id\":null")), HasSubstr("q.jsonl:1"));
  EXPECT_THAT(error("{\"category\":\"VD\"}"), HasSubstr("expected '"));
  EXPECT_THAT(error("[1]"), HasSubstr("an object"));
  EXPECT_THAT(error(""), HasSubstr("an empty file"));
}

TEST(HallusionRecords, AnswersAndCodesAreTheOfficialListOrLines) {
  const eval::EvalFiles files;
  const auto questions_path =
      files.write("q.json", "[" + record("") + "," + record(",\"figure_id\":\"2\"") + "]");
  const auto questions = read_hallusion_questions(questions_path);
  auto request = request_of(
      hallusion_bench(),
      {{"questions", questions_path},
       {"answers",
        files.write("a.json",
                    "[" + record(",\"figure_id\":\"2\",\"model_prediction\":\"No.\",\"code\":0") +
                        "," + record(",\"model_prediction\":\"Yes.\",\"code\":\"2\"") + "]")}});
  const auto answers = read_hallusion_answers(request, questions);
  EXPECT_EQ(answers[0].text, "Yes.");
  EXPECT_EQ(answers[1].text, "No.");
  EXPECT_THAT(read_codes(request, questions, "code"), ElementsAre(2, 0));
  EXPECT_THAT(eval::error_of([&] { read_codes(request, questions, "other"); }),
              AllOf(HasSubstr("'other'"), HasSubstr("codes=NAME")));
  request.join = eval::Join::Position;
  EXPECT_THAT(read_codes(request, questions, "code"), ElementsAre(0, 2));

  request.join = eval::Join::Id;
  request.files["answers"] =
      files.write("l.jsonl",
                  "{\"id\":\"VS_chart_3_1_0\",\"text\":\"a\",\"code\":5}\n"
                  "{\"question_id\":\"VS_chart_3_2_0\",\"text\":null,\"code\":1}\n");
  EXPECT_TRUE(read_hallusion_answers(request, questions)[1].is_null);
  EXPECT_THAT(eval::error_of([&] { read_codes(request, questions, "code"); }),
              AllOf(HasSubstr("'code' of 0 to 2"), HasSubstr("l.jsonl:1")));
}

}  // namespace
}  // namespace plumbline::benchmarks
