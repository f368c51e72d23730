#include "plumbline/benchmarks/mme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plumbline/benchmarks/mme_files.h"
#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(MmeAnswer, FirstFourCharacters) {
  for (const char* yes : {"Yes", "yes", "Yes, it is", "YES\n", " yes", "'Yes'", "\xC3\xA9yes"}) {
    EXPECT_EQ(read_mme_answer(yes), eval::YesNo::Yes) << yes;
  }
  for (const char* no : {"No", "Not sure", "none", "Nope", "Know", "\xC3\xA9\xC3\xA9no"}) {
    EXPECT_EQ(read_mme_answer(no), eval::YesNo::No) << no;
  }
  for (const char* other : {"It is not", "I know", "Ye", "", "  yes", "n", "The answer is yes"}) {
    EXPECT_EQ(read_mme_answer(other), eval::YesNo::Neither) << other;
  }
}

class Mme : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    make_folders(fs::path(files_.path(name)).parent_path());
    files_.write(name, text);
  }
  eval::Scoring score() {
    return benchmark_.score(request_of(benchmark_, {{"answers", files_.path("results")}}));
  }
  eval::Scoring score_lines(const std::string& lines) {
    return benchmark_.score(request_of(benchmark_, {{"questions", files_.path("truth")},
                                                    {"answers", files_.write("a.jsonl", lines)}}));
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = mme();
};

TEST_F(Mme, FiguresByHand) {
  // Images: both right; one right; none right. Lines of an image need not be neighbours.
  write("results/count.txt",
        "1.txt\tA?\tYes\tYes\n2.txt\tA?\tYes\tyes, two\n1.txt\tB?\tNo\tNo\n2.txt\tB?\tNo\tYes\n"
        "3.txt\tA?\tNo\tyes\n3.txt\tB?\tYes\tperhaps\n");
  const auto scoring = score();
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "count/accuracy"), 3.0 / 6);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "count/accuracy_plus"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "count/score"), 50 + 100.0 / 3);
  EXPECT_EQ(eval::printed_figure(scoring, "count/score"), "83.33");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy_of_readable"), 3.0 / 5);
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_EQ(scoring.units.size(), 3u);
  EXPECT_EQ(eval::printed_figure(scoring, "perception"), "n/a");
  EXPECT_EQ(eval::printed_figure(scoring, "OCR/score"), "n/a");
  EXPECT_THAT(scoring.notes, Contains(HasSubstr("perception is n/a: there are no questions of "
                                                "existence, position")));
  EXPECT_EQ(scoring.baselines[0].first, "all yes");
  const auto& all_yes = scoring.baselines[0].second;
  for (size_t f = 0; f < all_yes.size(); ++f) {
    if (scoring.figures[f].name != "count/score") continue;
    EXPECT_DOUBLE_EQ(all_yes[f], 50);
  }
}

TEST_F(Mme, SumsOfAllTasks) {
  for (const auto* tasks : {&mme_perception_tasks(), &mme_cognition_tasks()}) {
    for (const auto& task : *tasks) {
      write("results/" + task + ".txt", "1.txt\tA?\tYes\tYes\n1.txt\tB?\tNo\tNo\n");
    }
  }
  auto scoring = score();
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "perception"), 2000);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "cognition"), 800);
  EXPECT_TRUE(scoring.notes.empty());
  EXPECT_DOUBLE_EQ(scoring.baselines[0].second[0], 500);
  EXPECT_DOUBLE_EQ(scoring.baselines[1].second[1], 200);
  write("results/OCR.txt", "1.txt\tA?\tYes\tNo\n1.txt\tB?\tNo\tNo\n");
  scoring = score();
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "perception"), 1850);
}

TEST_F(Mme, EveryImageHasTwoQuestions) {
  write("results/count.txt", "1.txt\tA?\tYes\tYes\n2.txt\tA?\tYes\tYes\n");
  EXPECT_THAT(eval::error_of([&] { score(); }), HasSubstr("got 1 about count/1"));
  write("results/count.txt",
        "1.txt\tA?\tYes\tYes\n1.txt\tB?\tNo\tNo\n1.txt\tA?\tYes\tYes\n1.txt\tB?\tNo\tNo\n");
  EXPECT_THAT(eval::error_of([&] { score(); }), HasSubstr("got 4 about count/1"));
}

TEST_F(Mme, LlavasLinesWithTheDataSet) {
  write("truth/existence/7.txt",
        "Is it a cup?  Please answer yes or no.\tYes\n"
        "Is it a dog? Please answer yes or no.\tNo\n");
  const std::string tail = "\\nAnswer the question using a single word or phrase.\",\"text\":";
  const auto scoring = score_lines(
      "{\"question_id\":\"existence/7.jpg\",\"prompt\":\"Is it a dog?" + tail + "null}\n" +
      "{\"question_id\":\"existence/7.jpg\",\"prompt\":\"Is it a cup?" + tail + "\"Yes\"}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "existence/score"), 50);
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_EQ(scoring.answers[0].verdict, "yes");
  EXPECT_THAT(eval::error_of([&] {
                score_lines(
                    "{\"question_id\":\"existence/7.jpg\",\"prompt\":\"Is it a dog?\","
                    "\"text\":\"no\"}\n");
              }),
              HasSubstr("an answer to each question"));
}

TEST_F(Mme, ResultsAgainstTheDataSet) {
  write("truth/count/7.txt", "A?\tYes\nB?\tNo\n");
  write("results/count.txt", "7.txt\tA?\tYes\tYes\n7.txt\tC?\tNo\tNo\n");
  const auto request = request_of(
      benchmark_, {{"questions", files_.path("truth")}, {"answers", files_.path("results")}});
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request); }), HasSubstr("one to 'C?'"));
  write("results/count.txt", "7.txt\tA?\tNo\tYes\n7.txt\tB?\tNo\tNo\n");  // labels: the data set's
  EXPECT_DOUBLE_EQ(eval::figure(benchmark_.score(request), "count/score"), 200);
}

TEST_F(Mme, LinesAloneOrByPositionAreRefused) {
  auto request = request_of(benchmark_, {{"answers", files_.write("a.jsonl", "{}")}});
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request); }), HasSubstr("--questions FOLDER"));
  request.join = eval::Join::Position;
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request); }), HasSubstr("--join position"));
}

TEST_F(Mme, PromptsHaveIdsOfTheirOwn) {
  write("truth/OCR/questions_answers_YN/7.txt", "A? Please answer yes or no.\tYes\nB?\tNo\n");
  write("truth/OCR/images/7.png", "");
  const auto prompts =
      benchmark_.prompts(request_of(benchmark_, {{"questions", files_.path("truth")}}));
  ASSERT_EQ(prompts.size(), 2u);
  EXPECT_EQ(prompts[0].id, "OCR/7.png#1");
  EXPECT_EQ(prompts[1].id, "OCR/7.png#2");
  EXPECT_EQ(prompts[0].image, "OCR/images/7.png");
  EXPECT_EQ(prompts[0].question, "A? Please answer yes or no.");
  EXPECT_EQ(prompts[0].test_prompt, "");
  const auto scoring =
      score_lines("{\"question_id\":\"" + prompts[1].id +
                  "\",\"prompt\":\"B?\",\"text\":\"no\"}\n{\"question_id\":\"" + prompts[0].id +
                  "\",\"prompt\":\"" + prompts[0].question + "\",\"text\":\"yes\"}\n");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "OCR/score"), 200);
}

}  // namespace
}  // namespace plumbline::benchmarks
