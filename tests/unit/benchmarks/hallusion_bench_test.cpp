#include "plumbline/benchmarks/hallusion_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(HallusionBench, ReadsIncorrectBeforeCorrect) {
  EXPECT_EQ(read_correctness("Incorrect."), Correctness::Incorrect);
  EXPECT_EQ(read_correctness("It is correct, not incorrect"), Correctness::Incorrect);
  EXPECT_EQ(read_correctness("\"CORRECT\""), Correctness::Correct);
  EXPECT_EQ(read_correctness("not correct"), Correctness::Correct);
  EXPECT_EQ(read_correctness("unclear"), Correctness::Unclear);
  EXPECT_EQ(read_correctness(""), Correctness::Unclear);
}

// A VS set: figure 0 is none, figure 1 the picture.
class HallusionFiles : public testing::Test {
 protected:
  json records(const std::vector<std::string>& predictions) {
    json list = json::array();
    for (int i = 0; i < 4; ++i) {
      list.push_back(
          {{"category", "VS"},
           {"subcategory", "map"},
           {"visual_input", i < 2 ? "0" : "1"},
           {"set_id", "0"},
           {"figure_id", i < 2 ? "0" : "1"},
           {"question_id", std::to_string(i % 2)},
           {"question", "Is it question " + std::to_string(i % 2) + "?"},
           {"gt_answer", i % 2 == 0 ? "1" : "0"},
           {"gt_answer_details", "It is so."},
           {"filename", nullptr},
           {"model_prediction", predictions.empty() ? "" : predictions[static_cast<size_t>(i)]}});
    }
    return list;
  }
  eval::EvalRequest request(const json& answers, const std::vector<std::string>& variants = {}) {
    return request_of(benchmark_,
                      {{"questions", files_.write("q.json", records({}).dump())},
                       {"answers", files_.write("a.json", answers.dump())}},
                      variants);
  }
  eval::Scoring score(const std::vector<std::string>& replies) {
    auto one = request(records({"Yes", "No", "Yes", "No"}));
    std::string lines;
    for (size_t i = 0; i < replies.size(); ++i) {
      lines += json{{"id", records({})[i]["category"].get<std::string>() + "_map_0_" +
                               (i < 2 ? "0_" : "1_") + std::to_string(i % 2)},
                    {"judge", "j"},
                    {"reply", replies[i]}}
                   .dump() +
               "\n";
    }
    one.files["replies"] = files_.write("r.jsonl", lines);
    return benchmark_.score(one);
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = hallusion_bench();
};

TEST_F(HallusionFiles, NotKnowingIsRightWithoutAFigureOnly) {
  const auto scoring = score({"unclear", "correct", "unclear", "correct"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "aAcc"), 75);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "qAcc"), 50);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "fAcc"), 0);
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(scoring.judge, "j");
}

TEST_F(HallusionFiles, MalformedCountsAsUnclear) {
  const auto scoring = score({"well", "correct", "", "that is not correct"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "aAcc"), 75);
  EXPECT_EQ(scoring.num_malformed, 2);
  EXPECT_EQ(scoring.malformed_as, "unclear");
  EXPECT_THAT(scoring.notes, ElementsAre(HasSubstr("1 replies say \"not correct\"")));
}

TEST_F(HallusionFiles, AllIncorrectIsZeroAndAllCorrectAHundred) {
  const auto worst = score({"incorrect", "incorrect", "incorrect", "incorrect"});
  for (const double value : worst.values(eval::total(worst))) {
    EXPECT_TRUE(value == 0 || std::isnan(value));
  }
  EXPECT_EQ(eval::figure(score({"correct", "correct", "correct", "correct"}), "fAcc"), 100);
  // No question of an edited picture: no hard ones.
  EXPECT_EQ(eval::printed_figure(score({"correct", "correct", "correct", "correct"}), "hard"),
            "n/a");
}

TEST_F(HallusionFiles, CodesOfTheOfficialOutputCount) {
  auto answers = records({"Yes", "No", "Yes", "No"});
  for (size_t i = 0; i < 4; ++i)
    answers[i]["gpt4v_output_gpt_check"] = i == 0 ? "2" : i == 3 ? "0" : "1";
  const auto scoring = benchmark_.score(request(answers));
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "aAcc"), 75);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "fAcc"), 0);
  EXPECT_THAT(scoring.notes, ElementsAre(HasSubstr("'gpt4v_output_gpt_check'")));
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request(records({}))); }),
              AllOf(HasSubstr("gpt4v_output_gpt_check"), HasSubstr("--replies")));
}

TEST_F(HallusionFiles, TheKitReadsYesAndNoOfQuestionsWithAPicture) {
  const auto scoring =
      benchmark_.score(request(records({"", "", "Yes.", "perhaps"}), {"hallusion=vlmevalkit"}));
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "aAcc"), 50);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "qAcc"), 50);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "fAcc"), 0);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "overall"), 100.0 / 3);
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_EQ(scoring.answers.size(), 2u);
  EXPECT_EQ(scoring.baselines[0].second[0], 50);
  // The kit's own answers are to these questions only.
  json answers = records({"", "", "Yes.", "No"});
  answers.erase(0);
  answers.erase(0);
  EXPECT_DOUBLE_EQ(
      eval::figure(benchmark_.score(request(answers, {"hallusion=vlmevalkit"})), "overall"), 100);
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(request(answers)); }),
              HasSubstr("no answer to VS_map_0_0_0, VS_map_0_0_1"));
}

TEST_F(HallusionFiles, DoubledQuestionsAreRefused) {
  auto one = request(records({}));
  json doubled = records({});
  doubled.push_back(doubled[0]);
  one.files["questions"] = files_.write("q.json", doubled.dump());
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(one); }), HasSubstr("twice: VS_map_0_0_0"));
}

TEST_F(HallusionFiles, AsksModelAndJudge) {
  const auto one = request(records({"Yes", "No", "Maybe", "No"}));
  const auto prompts = benchmark_.prompts(one);
  EXPECT_EQ(prompts[0].image, "");
  EXPECT_EQ(prompts[2].image, "VS/map/0_1.png");
  const auto judged = benchmark_.judge_requests(one);
  EXPECT_EQ(judged[2].id, "VS_map_0_1_0");
  EXPECT_THAT(judged[2].messages[0].content,
              AllOf(HasSubstr("Is it question 0?"), HasSubstr("It is so."), HasSubstr("Maybe")));
}

}  // namespace
}  // namespace plumbline::benchmarks
