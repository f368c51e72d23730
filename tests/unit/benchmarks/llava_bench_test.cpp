#include "plumbline/benchmarks/llava_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using Pair = std::pair<double, double>;

TEST(LlavaBench, ReadsTwoNumbersWithOneBlank) {
  EXPECT_EQ(read_score_pair("8 9"), Pair(8, 9));
  EXPECT_EQ(read_score_pair("8,9"), Pair(8, 9));
  EXPECT_EQ(read_score_pair("8 9\nAssistant 2 says more. 1 2"), Pair(8, 9));
  EXPECT_EQ(read_score_pair("6.5 8"), Pair(6.5, 8));
  EXPECT_EQ(read_score_pair("1e1 5"), Pair(10, 5));
  EXPECT_EQ(read_score_pair("8 9\r\nwhy"), Pair(8, 9));
}

TEST(LlavaBench, OtherRepliesAreMalformed) {
  for (const char* reply : {"8, 9", "8  9", "8 9 ", " 8 9", "8\t9", "\n8 9", "", "Scores: 8 9",
                            "8/10 9/10", "8 nine", "nan 5", "5 inf", "8", "8 9 7", ","}) {
    EXPECT_FALSE(read_score_pair(reply)) << reply;
  }
}

class LlavaBenchFiles : public testing::Test {
 protected:
  eval::Scoring score(const std::vector<std::string>& contents,
                      const std::vector<std::string>& variants = {}) {
    return benchmark_.score(request(contents, variants));
  }
  // Questions 0.. take turns: conv, detail; two to an image.
  eval::EvalRequest request(const std::vector<std::string>& contents,
                            const std::vector<std::string>& variants) {
    std::string questions, answers, reviews;
    for (size_t i = 0; i < contents.size(); ++i) {
      const json question = {{"question_id", i},
                             {"image", std::to_string(i / 2) + ".jpg"},
                             {"text", "What?"},
                             {"category", i % 2 == 0 ? "conv" : "detail"}};
      questions += question.dump() + "\n";
      // Others in another order.
      answers = json{{"question_id", i}, {"text", "This."}}.dump() + "\n" + answers;
      reviews =
          json{{"id", i + 1}, {"question_id", i}, {"content", contents[i]}}.dump() + "\n" + reviews;
    }
    return request_of(benchmark_,
                      {{"questions", files_.write("q.jsonl", questions)},
                       {"answers", files_.write("a.jsonl", answers)},
                       {"replies", files_.write("r.jsonl", reviews)}},
                      variants);
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = llava_bench();
};

TEST_F(LlavaBenchFiles, MeansAreRoundedBeforeTheRatio) {
  // conv: means 23/3 -> 7.667 and 22/3 -> 7.333; all with detail 8 and 4 three times.
  const auto scoring = score({"8 7", "8 4", "8 8", "8 4", "7 7", "8 4"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "conv/relative"), 7.333 / 7.667 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "detail/relative"), 50);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "all/relative"), 5.667 / 7.833 * 100);
  EXPECT_EQ(eval::printed_figure(scoring, "conv/relative"), "95.6");
  EXPECT_EQ(eval::printed_figure(scoring, "detail/relative"), "50.0");
  EXPECT_EQ(scoring.figures[0].name, "all/relative");
  EXPECT_EQ(scoring.figures[1].name, "conv/relative");
  EXPECT_EQ(scoring.units.size(), 3u);
}

TEST_F(LlavaBenchFiles, UnreadableReviewsCountAsMinusOne) {
  const auto scoring = score({"8 6", "8, 4", "8 8", "8 4"});
  // (8 - 1 + 8 + 8) / 4 and (6 - 1 + 8 + 4) / 4.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "all/relative"), 4.25 / 5.75 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "detail/relative"), 1.5 / 3.5 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "all/relative_of_readable"), 6.0 / 8 * 100);
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_TRUE(scoring.answers[1].is_malformed);
  const auto skipping = score({"8 6", "8, 4", "8 8", "8 4"}, {"llavabench=rlhf-v"});
  EXPECT_DOUBLE_EQ(eval::figure(skipping, "all/relative"), 75);
  EXPECT_DOUBLE_EQ(eval::figure(skipping, "detail/relative"), 50);
  // Its script knows failures by a first score of -1, whoever wrote it.
  const auto written = score({"8 6", "-1 9", "8 8", "8 4"}, {"llavabench=rlhf-v"});
  EXPECT_DOUBLE_EQ(eval::figure(written, "all/relative"), 75);
}

TEST_F(LlavaBenchFiles, TheLaterVersionPrintsBothMeans) {
  const auto scoring = score({"8 6", "9 4", "8 8"}, {"llavabench=llava"});
  EXPECT_EQ(eval::printed_figure(scoring, "conv/reference"), "80.0");
  EXPECT_EQ(eval::printed_figure(scoring, "conv/answer"), "70.0");
  EXPECT_EQ(eval::printed_figure(scoring, "all/reference"), "83.3");
}

TEST_F(LlavaBenchFiles, NothingReadableIsNoFigure) {
  // The reference would print exactly 100.
  const auto scoring = score({"8 6", "bad", "8 8", "bad"});
  EXPECT_EQ(eval::printed_figure(scoring, "detail/relative"), "n/a");
  EXPECT_EQ(eval::printed_figure(score({"0 6", "0 3"}), "all/relative"), "n/a");
}

TEST_F(LlavaBenchFiles, ABetterScoreNeverLowersTheRatio) {
  double last = 0;
  for (const char* reply : {"8 1", "8 4", "8 7", "8 10"}) {
    const double relative = eval::figure(score({reply, "8 5"}), "all/relative");
    EXPECT_GT(relative, last);
    last = relative;
  }
}

TEST_F(LlavaBenchFiles, MissingReviewsAreListed) {
  auto one = request({"8 6", "8 7"}, {});
  one.files["replies"] = files_.write("r2", "{\"id\":1,\"question_id\":1,\"content\":\"8 7\"}\n");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(one); }), HasSubstr("none to 0"));
}

}  // namespace
}  // namespace plumbline::benchmarks
