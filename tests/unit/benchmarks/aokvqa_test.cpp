#include "plumbline/benchmarks/aokvqa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

json record(const std::string& id, int image, int right, bool is_difficult,
            const std::vector<std::string>& direct) {
  return {{"question_id", id},
          {"image_id", image},
          {"question", "What is " + id + "?"},
          {"choices", {"cup", "dog", "cat", "hat"}},
          {"correct_choice_idx", right},
          {"direct_answers", direct},
          {"difficult_direct_answer", is_difficult},
          {"rationales", {"x", "y", "z"}}};
}

class Aokvqa : public testing::Test {
 protected:
  eval::Scoring score(const json& answers, const std::vector<std::string>& variants = {},
                      eval::Join join = eval::Join::Id) {
    auto request = request_of(benchmark_,
                              {{"questions", files_.write("q.json", questions_.dump())},
                               {"answers", files_.write("a.json", answers.dump(1))}},
                              variants);
    request.join = join;
    return benchmark_.score(request);
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = aokvqa();
  json questions_ = {record("q1", 1, 2, false, {"cat", "cat", "kitten", "tiger"}),
                     record("q2", 1, 1, true, {"dog", "dog", "dog"}),
                     record("q3", 2, 0, false, {"mug", "mug", "mug", "mug", "Cup"}),
                     record("q4", 2, 0, false, {"mug", "glass", "glass"})};
};

const json kAnswers = {{"q1", {{"multiple_choice", "cat"}, {"direct_answer", "cat"}}},
                       {"q2", {{"multiple_choice", "(A)"}, {"direct_answer", "dog"}}},
                       {"q3", {{"multiple_choice", "A."}, {"direct_answer", "mug"}}},
                       {"q4", {{"multiple_choice", "dog"}, {"direct_answer", "mug"}}}};

TEST_F(Aokvqa, FiguresByHand) {
  const auto scoring = score(kAnswers);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "multiple_choice"), 2.0 / 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "direct_answer"), (2.0 / 3 + 1 + 1.0 / 3) / 3);
  EXPECT_EQ(eval::printed_figure(scoring, "direct_answer"), "66.67");
  EXPECT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(scoring.answers.size(), 7u);  // the difficult question is not in the second setting
  EXPECT_EQ(scoring.baselines[0].first, "all A");
  EXPECT_DOUBLE_EQ(scoring.baselines[0].second[0], 0.5);
  EXPECT_TRUE(std::isnan(scoring.baselines[0].second[1]));
}

TEST_F(Aokvqa, DirectAnswersAreNotNormalised) {
  json answers = kAnswers;
  answers["q3"]["direct_answer"] = "Mug";
  EXPECT_DOUBLE_EQ(eval::figure(score(answers), "direct_answer"), (2.0 / 3 + 0 + 1.0 / 3) / 3);
  answers["q3"]["direct_answer"] = "Cup";
  EXPECT_DOUBLE_EQ(eval::figure(score(answers), "direct_answer"),
                   (2.0 / 3 + 1.0 / 3 + 1.0 / 3) / 3);
}

TEST_F(Aokvqa, OneSettingAlone) {
  json answers = kAnswers;
  for (auto& answer : answers) answer.erase("direct_answer");
  const auto scoring = score(answers);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "multiple_choice"), 0.5);
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "direct_answer")));
  EXPECT_THAT(scoring.notes, Contains(HasSubstr("no direct_answer")));
  EXPECT_EQ(scoring.units.size(), score(kAnswers).units.size());
}

TEST_F(Aokvqa, AllQuestionsDifficult) {
  for (auto& question : questions_) question["difficult_direct_answer"] = true;
  EXPECT_TRUE(std::isnan(eval::figure(score(kAnswers), "direct_answer")));
}

TEST_F(Aokvqa, LinesOfLettersInAnotherOrder) {
  const json lines = {{{"question_id", "q4"}, {"text", "A"}},
                      {{"question_id", "q2"}, {"text", "B"}},
                      {{"question_id", "q1"}, {"text", "D"}},
                      {{"question_id", "q3"}, {"text", "(A)"}}};
  EXPECT_DOUBLE_EQ(eval::figure(score(lines), "multiple_choice"), 0.75);
  EXPECT_DOUBLE_EQ(eval::figure(score(lines, {"setting=direct_answer"}), "direct_answer"), 0);
}

TEST_F(Aokvqa, StrictRefusesWhatIsNoChoice) {
  json answers = kAnswers;
  for (const json& bad : {json("E"), json("a cat"), json(nullptr), json("")}) {
    answers["q1"]["multiple_choice"] = bad;
    EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("one of 'cup', 'dog'")) << bad;
    const auto scoring = score(answers, {"strict=no"});
    EXPECT_DOUBLE_EQ(eval::figure(scoring, "multiple_choice"), 0.25);
    EXPECT_EQ(scoring.num_malformed, 1);
  }
}

TEST_F(Aokvqa, StrictRefusesMissingAnswers) {
  json answers = kAnswers;
  answers.erase("q3");
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("none to q3"));
  auto scoring = score(answers, {"strict=no"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "multiple_choice"), 0.25);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "direct_answer"), (2.0 / 3 + 1.0 / 3) / 3);
  EXPECT_EQ(scoring.num_malformed, 2);
  answers = kAnswers;
  answers["q2"].erase("direct_answer");  // difficult: nobody asks for it
  EXPECT_EQ(score(answers).num_malformed, 0);
}

TEST_F(Aokvqa, BadAnswersAreRefused) {
  json answers = kAnswers;
  answers["q9"] = {{"multiple_choice", "cup"}};
  EXPECT_THAT(eval::error_of([&] { score(answers); }),
              HasSubstr("answers to q9, which nobody asked"));
  const json twice = {{{"question_id", "q1"}, {"text", "A"}},
                      {{"question_id", "q1"}, {"text", "A"}}};
  EXPECT_THAT(eval::error_of([&] { score(twice); }), HasSubstr("q1 again"));
  EXPECT_THAT(eval::error_of([&] { score(kAnswers, {}, eval::Join::Position); }),
              HasSubstr("--join id"));
}

TEST_F(Aokvqa, BadQuestionsAreRefused) {
  const json good = questions_;
  questions_[0]["correct_choice_idx"] = 4;
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("one of 4 choices, got 4"));
  questions_[0]["correct_choice_idx"] = -1;
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("got -1"));
  questions_[0].erase("correct_choice_idx");
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("not public"));
  questions_ = good;
  questions_[1]["choices"] = "cup";
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("q.json, record 2"));
  questions_ = good;
  questions_[1]["difficult_direct_answer"] = "no";
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("true or false"));
  questions_ = good;
  questions_.push_back(good[0]);
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("q1 again"));
  questions_ = json::array();
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("an empty file"));
}

TEST_F(Aokvqa, Prompts) {
  for (auto& question : questions_) question.erase("correct_choice_idx");
  const auto path = files_.write("test.json", questions_.dump());
  const auto choice = benchmark_.prompts(request_of(benchmark_, {{"questions", path}}));
  EXPECT_EQ(choice[0].question + choice[0].test_prompt,
            "What is q1?\nA. cup\nB. dog\nC. cat\nD. hat\nAnswer with the option's letter from the "
            "given choices directly.");
  EXPECT_EQ(choice[0].image, "000000000001.jpg");
  const auto direct =
      benchmark_.prompts(request_of(benchmark_, {{"questions", path}}, {"setting=direct_answer"}));
  EXPECT_THAT(direct[0].test_prompt, HasSubstr("single word or phrase"));
}

}  // namespace
}  // namespace plumbline::benchmarks
