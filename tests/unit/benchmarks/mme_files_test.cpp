#include "plumbline/benchmarks/mme_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class MmeFiles : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    make_folders(fs::path(files_.path(name)).parent_path());
    files_.write(name, text);
  }
  std::string truth_error() {
    return eval::error_of([&] { read_mme_truth(files_.path("truth")); });
  }

  eval::EvalFiles files_;
};

TEST_F(MmeFiles, FourteenTasks) {
  EXPECT_EQ(mme_perception_tasks().size(), 10u);
  EXPECT_EQ(mme_cognition_tasks().size(), 4u);
}

TEST_F(MmeFiles, BothLayoutsOfTheDataSet) {
  write("truth/existence/0002.txt", "Is it a cup?  Please answer yes or no.\tYes\nA dog?\tNo\n");
  write("truth/existence/0002.jpg", "");
  write("truth/OCR/questions_answers_YN/b.txt",
        "\xEF\xBB\xBFIs it B?\tNo \r\n\r\nIs it C?\tyes\r\n");
  write("truth/OCR/images/b.png", "");
  write("truth/OCR/notes.txt", "not read");
  write("truth/eval_tool/existence.txt", "not read");
  const auto truth = read_mme_truth(files_.path("truth"));
  ASSERT_EQ(truth.questions.size(), 4u);
  EXPECT_EQ(truth.questions[0].task, "existence");
  EXPECT_EQ(truth.questions[0].image, "0002");
  EXPECT_EQ(truth.questions[0].image_file, "existence/0002.jpg");
  EXPECT_TRUE(truth.questions[0].is_yes);
  EXPECT_FALSE(truth.questions[2].is_yes);
  EXPECT_EQ(truth.questions[2].image_file, "OCR/images/b.png");
  EXPECT_THAT(truth.questions[3].where, HasSubstr("b.txt:3"));
  EXPECT_EQ(truth.unread, std::vector<std::string>{"eval_tool"});
}

TEST_F(MmeFiles, BrokenTruthIsRefused) {
  EXPECT_THAT(truth_error(), HasSubstr("expected a folder"));
  write("truth/existence/1.txt", "Is it a cup? Yes\n");
  EXPECT_THAT(truth_error(), HasSubstr("1.txt:1"));
  write("truth/existence/1.txt", "Is it a cup?\tYes\nA dog?\tperhaps\n");
  EXPECT_THAT(truth_error(), HasSubstr("expected Yes or No, got 'perhaps'"));
  write("truth/existence/1.txt", "caf\xE9?\tYes\n");
  EXPECT_THAT(truth_error(), HasSubstr("UTF-8"));
  write("truth/existence/1.txt", "");
  EXPECT_THAT(truth_error(), HasSubstr("none with questions"));
}

TEST_F(MmeFiles, Results) {
  write("results/count.txt", "1.jpg\tTwo cups?\tYes\tYes, two\n1.jpg\tSix cups?\tNo\t\n");
  write("results/Count.txt", "not read");
  const auto results = read_mme_results(files_.path("results"));
  ASSERT_EQ(results.questions.size(), 2u);
  EXPECT_EQ(results.questions[0].answer, "Yes, two");
  EXPECT_EQ(results.questions[1].answer, "");
  EXPECT_EQ(results.unread, std::vector<std::string>{"Count.txt"});
  write("results/count.txt", "1.jpg\tTwo cups?\tYes\tYes\ttwo\n");
  EXPECT_THAT(eval::error_of([&] { read_mme_results(files_.path("results")); }),
              HasSubstr("expected 4 fields: image, question, label, answer, got 5"));
  write("results/count.txt", "1.jpg\tTwo cups?\tYes\tYes\ntwo\n");
  EXPECT_THAT(eval::error_of([&] { read_mme_results(files_.path("results")); }),
              HasSubstr("count.txt:2"));
  write("empty/x.txt", "");
  EXPECT_THAT(eval::error_of([&] { read_mme_results(files_.path("empty")); }), HasSubstr("none"));
}

TEST_F(MmeFiles, QuestionsAreMatchedWithoutWhatAsksForYesOrNo) {
  for (const char* same :
       {"Is it a cup?", "Is it a cup? Please answer yes or no.",
        "Is it a cup?  Please answer yes or no.",
        "Is it a cup?\nAnswer the question using a single word or phrase.",
        "Is it a cup? Please answer yes or no.\nAnswer the question using a single word or "
        "phrase."}) {
    EXPECT_EQ(plain_mme_question(same), "Is it a cup?") << same;
  }
  EXPECT_EQ(plain_mme_question(""), "");
}

TEST_F(MmeFiles, AnswersAreJoinedByTaskImageAndQuestion) {
  const std::vector<MmeQuestion> questions = {
      {.task = "OCR", .image = "1", .image_file = "", .question = "A?  Please answer yes or no."},
      {.task = "OCR", .image = "1", .image_file = "", .question = "B?", .where = "x:2"}};
  const eval::Answer a = {.id = "OCR/1.png", .text = "yes", .question = "A?", .where = "a:1"};
  const eval::Answer b = {
      .id = "OCR/images/1.jpg#2", .text = "no", .question = "B?", .where = "a:2"};
  const auto answered = answered_mme(questions, {b, a}, "a");
  EXPECT_EQ(answered[0].answer, "yes");
  EXPECT_EQ(answered[1].answer, "no");
  const auto refusal = [&](const std::vector<eval::Answer>& answers) {
    return eval::error_of([&] { answered_mme(questions, answers, "a.jsonl"); });
  };
  EXPECT_THAT(refusal({a}), HasSubstr("none to one about OCR/1"));
  EXPECT_THAT(refusal({a, a}), HasSubstr("another one after a:1"));
  EXPECT_THAT(refusal({a, {.id = "OCR/2.png", .text = "", .question = "B?", .where = "a:2"}}),
              HasSubstr("one to 'B?' about OCR/2.png"));
  EXPECT_THAT(refusal({{.id = "1.png", .text = "", .question = "A?", .where = "a:1"}}),
              HasSubstr("an id such as"));
  EXPECT_THAT(eval::error_of([&] {
                answered_mme({questions[1], questions[1]}, {}, "a");
              }),
              HasSubstr("'B?' again (x:2)"));
}

}  // namespace
}  // namespace plumbline::benchmarks
