#include "plumbline/benchmarks/vqav2.h"

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

json annotation(int id, int image, const std::string& question_type, const std::string& answer_type,
                const std::vector<std::pair<std::string, int>>& given) {
  json answers = json::array();
  for (const auto& [text, count] : given) {
    for (int i = 0; i < count; ++i) {
      answers.push_back(
          {{"answer", text}, {"answer_confidence", "maybe"}, {"answer_id", answers.size() + 1}});
    }
  }
  return {{"question_id", id},
          {"image_id", image},
          {"question_type", question_type},
          {"answer_type", answer_type},
          {"multiple_choice_answer", given.front().first},
          {"answers", answers}};
}

json question(int id, int image, const std::string& text) {
  return {{"question_id", id}, {"image_id", image}, {"question", text}};
}

class Vqav2 : public testing::Test {
 protected:
  eval::Scoring score(const json& answers, const std::vector<std::string>& variants = {}) {
    return score_text(answers.dump(), variants);
  }
  eval::Scoring score_text(const std::string& answers,
                           const std::vector<std::string>& variants = {},
                           eval::Join join = eval::Join::Id) {
    auto request = request_of(
        benchmark_,
        {{"questions", files_.write("q.json", json{{"info", {{"year", 2017}}},
                                                   {"data_subtype", "val2014"},
                                                   {"questions", questions_}}
                                                  .dump())},
         {"annotations",
          files_.write("n.json",
                       json{{"info", json::object()}, {"annotations", annotations_}}.dump())},
         {"answers", files_.write("a.json", answers)}},
        variants);
    request.join = join;
    return benchmark_.score(request);
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = vqav2();
  json questions_ = {question(421, 42, "What colour is it?"), question(422, 42, "Is it a cup?"),
                     question(71, 7, "How many?"), question(72, 7, "Is it old?")};
  json annotations_ = {annotation(72, 7, "is it", "yes/no", {{"yes", 10}}),
                       annotation(71, 7, "how many", "number", {{"2", 5}, {"two", 5}}),
                       annotation(422, 42, "is it", "yes/no", {{"yes", 2}, {"no", 8}}),
                       annotation(421, 42, "what color", "other", {{"red", 1}, {"blue", 9}})};
};

const json kAnswers = {{{"question_id", 421}, {"answer", "Red."}},
                       {{"question_id", 422}, {"answer", "yes"}},
                       {{"question_id", 71}, {"answer", "Two"}},
                       {{"question_id", 72}, {"answer", "Yes"}}};

TEST_F(Vqav2, FiguresByHand) {
  const auto scoring = score(kAnswers);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), (0.3 + 0.6 + 1 + 0) / 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "answer_type/other"), 0.3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "answer_type/number"), 1);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "answer_type/yes/no"), 0.3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "question_type/is it"), 0.3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "question_type/how many"), 1);
  EXPECT_EQ(eval::printed_figure(scoring, "accuracy"), "47.50");
  EXPECT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.answers[0].image, "COCO_val2014_000000000042.jpg");
  EXPECT_EQ(scoring.answers[0].verdict, "1 of 10");
  EXPECT_EQ(scoring.answers[0].reference, "blue");
  EXPECT_THAT(scoring.notes, Contains(HasSubstr("of 1 such questions 1 would be right")));
}

TEST_F(Vqav2, M4cNormalisesAlways) {
  const auto scoring = score(kAnswers, {"vqa=m4c"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "answer_type/yes/no"), 0.8);
  EXPECT_TRUE(scoring.notes.empty());
}

TEST_F(Vqav2, LlavasLinesInAnotherOrderAreTheSame) {
  const auto scoring = score_text(
      "\xEF\xBB\xBF{\"question_id\":\"72\",\"prompt\":\"Is it old?\\nAnswer the question using a "
      "single word or phrase.\",\"text\":\"Yes\"}\r\n"
      "{\"question_id\":71.0,\"text\":\"Two\"}\r\n{\"question_id\":422,\"text\":\"yes\"}\r\n"
      "{\"question_id\":421,\"text\":\"Red.\",\"image\":\"COCO_val2014_000000000042.jpg\"}\r\n");
  const auto same = score(kAnswers);
  EXPECT_EQ(scoring.values(eval::total(scoring)), same.values(eval::total(same)));
}

TEST_F(Vqav2, NullsAreMalformedAndWrong) {
  json answers = kAnswers;
  answers[2]["answer"] = nullptr;
  answers[1]["answer"] = " ";
  const auto scoring = score(answers);
  EXPECT_EQ(scoring.num_malformed, 2);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 0.3 / 4);
}

TEST_F(Vqav2, NumbersAsAnswers) {
  json answers = kAnswers;
  answers[2]["answer"] = 2;
  EXPECT_DOUBLE_EQ(eval::figure(score(answers), "answer_type/number"), 1);
}

TEST_F(Vqav2, ConstantAnswersAreBaselines) {
  const auto scoring = score(kAnswers);
  ASSERT_EQ(scoring.baselines.size(), 2u);
  EXPECT_EQ(scoring.baselines[0].first, "all yes");
  EXPECT_DOUBLE_EQ(scoring.baselines[0].second[0], (0.6 + 1) / 4);
  EXPECT_DOUBLE_EQ(scoring.baselines[1].second[0], 1.0 / 4);
}

TEST_F(Vqav2, AnswersWithoutIdsAreLeftOutByPosition) {
  for (auto& answer : annotations_[1]["answers"]) answer.erase("answer_id");
  const auto scoring = score(kAnswers);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "answer_type/number"), 1);
  EXPECT_THAT(scoring.notes, Contains(HasSubstr("no answer_id")));
}

TEST_F(Vqav2, OneMoreRightAnswerNeverLowersAFigure) {
  const auto before = score(kAnswers);
  json better = kAnswers;
  better[3]["answer"] = "yes";
  const auto after = score(better);
  const auto low = before.values(eval::total(before)), high = after.values(eval::total(after));
  for (size_t f = 0; f < low.size(); ++f) EXPECT_GE(high[f], low[f]) << after.figures[f].name;
}

TEST_F(Vqav2, QuestionsWithoutTypesHaveNoFiguresOfThem) {
  for (auto& record : annotations_) {
    record.erase("question_type");
    record.erase("answer_type");
  }
  EXPECT_EQ(score(kAnswers).figures.size(), 1u);
}

TEST_F(Vqav2, ByPosition) {
  const std::string lines = "{\"text\":\"Red.\"}\n{\"text\":\"yes\"}\n{\"text\":\"Two\"}\n";
  EXPECT_DOUBLE_EQ(
      eval::figure(score_text(lines + "{\"text\":\"Yes\"}", {}, eval::Join::Position), "accuracy"),
      0.475);
  EXPECT_THAT(eval::error_of([&] { score_text(lines, {}, eval::Join::Position); }),
              HasSubstr("equal length"));
}

TEST_F(Vqav2, WrongAnswerFilesAreRefused) {
  json answers = kAnswers;
  answers.erase(1);
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("no answer to 422"));
  answers.push_back({{"question_id", 5}, {"answer", "x"}});
  EXPECT_THAT(eval::error_of([&] { score(answers); }),
              HasSubstr("answers to 5, which nobody asked"));
  answers = kAnswers;
  answers.push_back(kAnswers[0]);
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("twice: 421"));
  answers = kAnswers;
  answers[0]["question"] = "What size is it?";
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("'What colour is it?'"));
  EXPECT_THAT(eval::error_of([&] { score_text(kAnswers.dump().substr(0, 40)); }),
              HasSubstr("a.json:1"));
  EXPECT_THAT(eval::error_of([&] { score_text(""); }), HasSubstr("an empty file"));
  EXPECT_THAT(eval::error_of([&] { score_text("[{\"question_id\":421}]"); }),
              HasSubstr("an answer as"));
}

TEST_F(Vqav2, WrongAnnotationsAreRefused) {
  const json good = annotations_;
  annotations_.erase(0);
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("none of 72"));
  annotations_ = good;
  annotations_.push_back(annotation(9, 9, "x", "other", {{"x", 10}}));
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("expected 4 annotations, got 5"));
  annotations_ = good;
  annotations_.push_back(good[0]);
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("question 72 again"));
  annotations_ = good;
  annotations_[0]["image_id"] = 8;
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }),
              HasSubstr("an annotation of the image 7, got 8"));
  annotations_ = good;
  annotations_[2].erase("answers");
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("annotations record 3"));
  annotations_ = good;
  questions_ = json::array();
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("an empty list"));
}

TEST_F(Vqav2, Prompts) {
  score(kAnswers);
  const auto prompts =
      benchmark_.prompts(request_of(benchmark_, {{"questions", files_.path("q.json")}}));
  ASSERT_EQ(prompts.size(), 4u);
  EXPECT_EQ(prompts[2].id, "71");
  EXPECT_EQ(prompts[2].image, "COCO_val2014_000000000007.jpg");
  EXPECT_EQ(prompts[2].question + prompts[2].test_prompt,
            "How many?\nAnswer the question using a single word or phrase.");
  const auto bare = files_.write("b.json", json{{"questions", questions_}}.dump());
  EXPECT_EQ(benchmark_.prompts(request_of(benchmark_, {{"questions", bare}}))[2].image,
            "000000000007.jpg");
}

}  // namespace
}  // namespace plumbline::benchmarks
