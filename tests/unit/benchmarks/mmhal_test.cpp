#include "plumbline/benchmarks/mmhal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kTypes = {"attribute", "adversarial", "comparison", "counting",
                                         "relation",  "environment", "holistic",   "other"};

// The official form; empty answers.
json questions(size_t n = 96) {
  json list = json::array();
  for (size_t i = 0; i < n; ++i) {
    list.push_back({{"question_type", kTypes[i % 8]},
                    {"question_topic", "food"},
                    {"image_id", "id" + std::to_string(i)},
                    {"image_src", "https://host/p/" + std::to_string(i) + "_o.jpg"},
                    {"image_content", {"Apple", "Table"}},
                    {"question", "Question " + std::to_string(i) + "?"},
                    {"gt_answer", "True " + std::to_string(i) + "."},
                    {"model_answer", ""}});
  }
  return list;
}

json raw_replies(size_t n, const std::function<std::string(size_t)>& text) {
  json list = json::array();
  for (size_t i = 0; i < n; ++i) {
    list.push_back({{"model", "made-up"}, {"choices", {{{"message", {{"content", text(i)}}}}}}});
  }
  return list;
}

class Mmhal : public testing::Test {
 protected:
  eval::Scoring score(const json& asked, const json& answers, const json& replies,
                      const std::vector<std::string>& variants = {},
                      eval::Join join = eval::Join::Id) {
    auto request = request_of(benchmark_,
                              {{"questions", files_.write("q.json", asked.dump())},
                               {"answers", files_.write("a.json", answers.dump())},
                               {"replies", files_.write("r.json", replies.dump())}},
                              variants);
    request.join = join;
    return benchmark_.score(request);
  }
  // All but the n-th answer get the best rating.
  eval::Scoring one_bad(const json& asked, size_t n) {
    return score(asked, asked, raw_replies(asked.size(), [&](size_t i) {
                   return i == n ? std::string("Rating: 0") : std::string("Rating: 6");
                 }));
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = mmhal();
};

TEST_F(Mmhal, FiguresByHand) {
  // 12 sixes, 36 threes, 48 twos: 72 + 108 + 96 = 276; types 0 and 1 have six sixes each.
  const auto scoring =
      score(questions(), questions(), raw_replies(96, [](size_t i) {
              return i % 8 < 2 && i < 48 ? "Rating: 6" : i >= 48 ? "Rating: 2" : "Rating: 3";
            }));
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "average_score"), 276.0 / 96);
  EXPECT_EQ(eval::printed_figure(scoring, "average_score"), "2.88");
  EXPECT_EQ(eval::printed_figure(scoring, "hallucination_rate"), "0.50");
  EXPECT_EQ(eval::printed_figure(scoring, "score/attribute"), "4.0");
  EXPECT_EQ(eval::printed_figure(scoring, "score/other"), "2.5");
  EXPECT_EQ(scoring.judge, "made-up");
  EXPECT_EQ(scoring.units.size(), 96u);
  EXPECT_THAT(scoring.notes, IsEmpty());
}

TEST_F(Mmhal, TiesOfTheExactBinaryValueGoToEven) {
  const auto twelve =
      score(questions(), questions(),
            raw_replies(96, [](size_t i) { return i < 12 ? "Rating: 1" : "Rating: 6"; }));
  EXPECT_EQ(eval::printed_figure(twelve, "hallucination_rate"), "0.12");
  const auto more =
      score(questions(), questions(),
            raw_replies(96, [](size_t i) { return i < 36 ? "Rating: 1" : "Rating: 6"; }));
  EXPECT_EQ(eval::printed_figure(more, "hallucination_rate"), "0.38");
}

TEST_F(Mmhal, VariantsAddAndRound) {
  const auto replies = raw_replies(96, [](size_t i) { return i < 12 ? "Rating: 2" : "Rating: 4"; });
  EXPECT_EQ(eval::printed_figure(score(questions(), questions(), replies, {"mmhal=rlaif-v"}),
                                 "hallucination_rate"),
            "0.125");
  // 12 twos and 84 ones of 3: 108 / 96 / 3.
  EXPECT_EQ(eval::printed_figure(score(questions(), questions(), replies, {"mmhal=rlhf-v"}),
                                 "informativeness"),
            "37.50");
}

TEST_F(Mmhal, TheOrderOfAnswersDoesNotMatterButToRawResponses) {
  json answers = questions();
  for (size_t i = 0; i < 96; ++i) answers[i]["model_answer"] = "Answer " + std::to_string(i);
  std::reverse(answers.begin(), answers.end());
  json replies = json::array();
  for (int i = 0; i < 96; ++i) replies.push_back({{"id", i}, {"reply", "Rating: 5"}});
  EXPECT_EQ(score(questions(), answers, replies).answers[3].answer, "Answer 3");
  const auto raw = raw_replies(96, [](size_t) { return "Rating: 5"; });
  EXPECT_THAT(eval::error_of([&] { score(questions(), answers, raw); }),
              HasSubstr("the answer to 0 as number 96 instead of 1"));
}

TEST_F(Mmhal, AnswersMayBeLinesWithTheNumberAsId) {
  json answers = json::array();
  for (int i = 0; i < 96; ++i)
    answers.push_back({{"question_id", i}, {"text", "It is " + std::to_string(i)}});
  const auto scoring =
      score(questions(), answers, raw_replies(96, [](size_t) { return "Rating: 5"; }));
  EXPECT_EQ(scoring.answers[95].answer, "It is 95");
}

TEST_F(Mmhal, RepliesMayComeById) {
  json replies = json::array();
  for (int i = 95; i >= 0; --i) {
    replies.push_back(
        {{"id", std::to_string(i)}, {"judge", "j"}, {"reply", i == 1 ? "Rating: 0" : "Rating: 6"}});
  }
  const auto scoring = score(questions(), questions(), replies);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/adversarial"), 5.5);
  EXPECT_EQ(scoring.judge, "j");
}

TEST_F(Mmhal, TypesFollowFromTheOrderWhereTheFileHasNone) {
  json asked = questions();
  for (auto& record : asked) record.erase("question_type");
  EXPECT_DOUBLE_EQ(eval::figure(one_bad(asked, 10), "score/comparison"), 5.5);
  asked.erase(5);
  EXPECT_THAT(eval::error_of([&] { one_bad(asked, 0); }),
              AllOf(HasSubstr("96 questions"), HasSubstr("got 95")));
  asked = questions();
  asked[7].erase("question_type");
  EXPECT_THAT(eval::error_of([&] { one_bad(asked, 0); }), HasSubstr("95 in 96 records"));
}

TEST_F(Mmhal, TypesOfTheFileCountWhereTheyDisagreeWithTheOrder) {
  json asked = questions();
  asked[0]["question_type"] = "other";
  asked[7]["question_type"] = "attribute";
  const auto scoring = one_bad(asked, 0);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/other"), 5.5);
  EXPECT_THAT(scoring.notes, testing::ElementsAre(HasSubstr("2 questions are not where")));
}

TEST_F(Mmhal, APartOfTheQuestionsIsScoredWithANote) {
  const auto scoring = one_bad(questions(16), 3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/counting"), 3);
  EXPECT_THAT(scoring.notes, testing::ElementsAre(HasSubstr("not the benchmark's 96")));
}

TEST_F(Mmhal, UnfitFilesAreRefused) {
  json asked = questions();
  asked[4]["question_type"] = "weather";
  EXPECT_THAT(eval::error_of([&] { one_bad(asked, 0); }),
              AllOf(HasSubstr("'weather'"), HasSubstr("record 5")));
  asked = questions();
  asked[4].erase("gt_answer");
  EXPECT_THAT(eval::error_of([&] { one_bad(asked, 0); }), HasSubstr("record 5"));
  asked = questions();
  asked[4]["image_content"] = {1, 2};
  EXPECT_THAT(eval::error_of([&] { one_bad(asked, 0); }), HasSubstr("list of texts"));
  json answers = questions();
  answers.erase(9);
  const auto replies = raw_replies(96, [](size_t) { return "Rating: 5"; });
  EXPECT_THAT(eval::error_of([&] { score(questions(), answers, replies); }),
              HasSubstr("no answer to 9"));
  answers = questions();
  answers[9]["question"] = "What else?";
  EXPECT_THAT(eval::error_of([&] { score(questions(), answers, replies); }),
              AllOf(HasSubstr("'What else?'"), HasSubstr("record 10")));
  EXPECT_THAT(
      eval::error_of([&] { score(questions(), answers, replies, {}, eval::Join::Position); }),
      HasSubstr("'What else?'"));
  answers = questions();
  answers[9] = answers[8];
  EXPECT_THAT(eval::error_of([&] { score(questions(), answers, replies); }), HasSubstr("twice: 8"));
}

TEST_F(Mmhal, AsksModelAndJudge) {
  const auto request = request_of(benchmark_, {{"questions", files_.write("q", questions().dump())},
                                               {"answers", files_.write("a", questions().dump())}});
  const auto prompts = benchmark_.prompts(request);
  ASSERT_EQ(prompts.size(), 96u);
  EXPECT_EQ(prompts[2].image, "2_o.jpg");
  EXPECT_EQ(prompts[2].question + prompts[2].test_prompt, "Question 2?");
  EXPECT_EQ(prompts[2].id, "2");
  EXPECT_EQ(prompts[2].max_tokens, 1024);
  const auto judged = benchmark_.judge_requests(request);
  ASSERT_EQ(judged.size(), 96u);
  EXPECT_EQ(judged[2].id, "2");
  EXPECT_THAT(judged[2].messages[0].content,
              AllOf(HasSubstr("Apple, Table"), HasSubstr("Question 2?"), HasSubstr("True 2.")));
}

}  // namespace
}  // namespace plumbline::benchmarks
