#include "plumbline/benchmarks/mmbench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Answers = std::vector<std::pair<int64_t, std::string>>;

const std::string kRows =
    "index\tquestion\thint\tA\tB\tC\tanswer\tcategory\tl2-category\timage\n"
    "1\tWhat sits?\tLook left.\tcat\tdog\t\tA\tanimals\tsingle\tUE5H\n"
    "1000001\tWhat sits?\tLook left.\tdog\tcat\t\tB\tanimals\tsingle\t1\n"
    "2\tHow many?\t\tone\ttwo\tthree\tB\tcounting\tsingle\tUE5H\n"
    "1000002\tHow many?\t\ttwo\tthree\tone\tA\tcounting\tsingle\tUE5H\n"
    "2000002\tHow many?\t\tthree\tone\ttwo\tC\tcounting\tsingle\tUE5H\n";

const Answers kRight = {{1, "A"}, {1000001, "B"}, {2, "B"}, {1000002, "A"}, {2000002, "C"}};

class MmbenchScores : public testing::Test {
 protected:
  eval::EvalRequest request(const Answers& answers, const std::vector<std::string>& variants = {}) {
    std::string table = "index,prediction\r\n";
    for (const auto& [index, text] : answers) {
      table += std::to_string(index) + ",\"" + text + "\"\r\n";
    }
    return request_of(benchmark_,
                      {{"questions", questions_}, {"answers", files_.write("a.csv", table)}},
                      variants);
  }
  eval::Scoring score(const Answers& answers, const std::vector<std::string>& variants = {}) {
    return benchmark_.score(request(answers, variants));
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = mmbench();
  std::string questions_ = files_.write("q.tsv", kRows);
};

TEST_F(MmbenchScores, FiguresByHand) {
  // Question 1 is right in both orders; question 2 not in its last.
  const auto scoring =
      score({{2000002, "A"}, {1, "cat"}, {1000001, "(B)"}, {2, "two"}, {1000002, "A. two"}});
  EXPECT_EQ(eval::figure(scoring, "circular_accuracy"), 0.5);
  EXPECT_EQ(eval::figure(scoring, "vanilla_accuracy"), 1);
  EXPECT_EQ(eval::figure(scoring, "row_accuracy"), 0.8);
  EXPECT_EQ(eval::figure(scoring, "category/animals"), 1);
  EXPECT_EQ(eval::figure(scoring, "category/counting"), 0);
  EXPECT_EQ(eval::figure(scoring, "l2/single"), 0.5);
  EXPECT_EQ(eval::printed_figure(scoring, "circular_accuracy"), "50.0");
  EXPECT_EQ(eval::printed_figure(score(kRight, {"mmbench=lmms"}), "circular_accuracy"), "100.000");
  EXPECT_EQ(scoring.units.size(), 2u);
  EXPECT_EQ(scoring.num_malformed, 0);
  EXPECT_EQ(scoring.answers[2].verdict, "B");
}

TEST_F(MmbenchScores, OrderDoesNotMatterAndMoreRightAnswersNeverHarm) {
  auto answers = kRight;
  for (auto& answer : answers) answer.second = "nothing of that";
  double before = 0;
  EXPECT_EQ(eval::figure(score(answers), "circular_accuracy"), 0);
  for (size_t i = 0; i < answers.size(); ++i) {
    answers[i] = kRight[i];
    const double now = eval::figure(score(answers), "circular_accuracy");
    EXPECT_GE(now, before);
    before = now;
    auto reversed = answers;
    std::reverse(reversed.begin(), reversed.end());
    EXPECT_EQ(eval::figure(score(reversed), "row_accuracy"),
              eval::figure(score(answers), "row_accuracy"));
  }
  EXPECT_EQ(before, 1);
}

TEST_F(MmbenchScores, MalformedIsWrong) {
  const auto scoring =
      score({{1, ""}, {1000001, "B"}, {2, "two or three"}, {1000002, "A"}, {2000002, "Z"}});
  EXPECT_EQ(scoring.num_malformed, 2);
  EXPECT_EQ(scoring.malformed_as, "wrong");
  EXPECT_EQ(eval::figure(scoring, "row_accuracy"), 0.4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "row_accuracy_of_readable"), 2.0 / 3);
  auto none = kRight;
  for (auto& answer : none) answer.second = "";
  EXPECT_EQ(score(none).num_malformed, 5);
  EXPECT_TRUE(std::isnan(eval::figure(score(none), "row_accuracy_of_readable")));
}

TEST_F(MmbenchScores, RandomByASeed) {
  auto none = kRight;
  for (auto& answer : none) answer.second = "?";
  const auto sum = [&](const std::string& seed) {
    std::string letters;
    for (const auto& answer : score(none, {"fail=random", "seed=" + seed}).answers) {
      letters += std::to_string(answer.score);
    }
    return letters;
  };
  EXPECT_EQ(sum("1"), sum("1"));
  bool differs = false;
  for (const char* seed : {"2", "3", "4", "5"}) differs = differs || sum(seed) != sum("1");
  EXPECT_TRUE(differs);
  EXPECT_EQ(score(none, {"fail=random"}).num_malformed, 5);
  EXPECT_THAT(eval::error_of([&] { score(none, {"seed=x"}); }), HasSubstr("'x'"));
}

TEST_F(MmbenchScores, ConstantLettersAsBaselines) {
  const auto scoring = score(kRight);
  ASSERT_EQ(scoring.baselines.size(), 4u);
  EXPECT_EQ(scoring.baselines[0].first, "most frequent letter (A)");
  EXPECT_EQ(scoring.baselines[1].first, "all A");
  auto all_a = kRight;
  for (auto& answer : all_a) answer.second = "A";
  const auto expected = score(all_a);
  EXPECT_THAT(
      scoring.baselines[1].second,
      testing::Pointwise(testing::NanSensitiveDoubleEq(), expected.values(eval::total(expected))));
  EXPECT_EQ(eval::figure(expected, "circular_accuracy"), 0);
}

TEST_F(MmbenchScores, OnlyUnresolvedAnswersGoToTheJudge) {
  const Answers answers = {
      {1, "a feline"}, {1000001, "a feline"}, {2, "B"}, {1000002, ""}, {2000002, "C"}};
  auto asked = request(answers);
  const auto requests = benchmark_.judge_requests(asked);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].id, "1");
  EXPECT_THAT(requests[0].messages[0].content,
              AllOf(HasSubstr("What sits?"), HasSubstr("A. cat\nB. dog"), HasSubstr("a feline"),
                    HasSubstr("or Z if")));
  asked.files["replies"] = files_.write("r.jsonl",
                                        "{\"id\":\"1000001\",\"judge\":\"j\",\"reply\":\"B\"}\n"
                                        "{\"id\":\"1\",\"judge\":\"j\",\"reply\":\"A.\"}\n");
  const auto scoring = benchmark_.score(asked);
  EXPECT_EQ(eval::figure(scoring, "category/animals"), 1);
  EXPECT_EQ(scoring.num_malformed, 1);  // the empty answer
  asked.files["replies"] = files_.write(
      "r.jsonl", "{\"id\":1000001,\"reply\":\"Z\"}\n{\"id\":1,\"reply\":\"who knows\"}\n");
  EXPECT_EQ(benchmark_.score(asked).num_malformed, 2);  // Z is an answer
  asked.files["replies"] = files_.write("r.jsonl", "{\"id\":1,\"reply\":\"A\"}\n");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(asked); }), HasSubstr("none to 1000001"));
}

TEST_F(MmbenchScores, IdsMustMatch) {
  auto answers = kRight;
  answers.pop_back();
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("no answer to 2000002"));
  answers.push_back({2000003, "A"});
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("answers to 2000003"));
  answers = kRight;
  answers.push_back(kRight[0]);
  EXPECT_THAT(eval::error_of([&] { score(answers); }), HasSubstr("twice: 1"));
  auto by_position = request({{9, "A"}, {9, "B"}, {9, "B"}, {9, "A"}, {9, "C"}});
  by_position.join = eval::Join::Position;
  EXPECT_EQ(eval::figure(benchmark_.score(by_position), "circular_accuracy"), 1);
  by_position = request({{9, "A"}});
  by_position.join = eval::Join::Position;
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(by_position); }), HasSubstr("5 answers"));
}

TEST_F(MmbenchScores, AnotherQuestionIsRefused) {
  const auto with = [&](const std::string& prompt) {
    std::string lines = "{\"question_id\":1,\"prompt\":\"" + prompt + "\",\"text\":\"A\"}\n";
    for (size_t i = 1; i < kRight.size(); ++i) {
      lines += "{\"question_id\":" + std::to_string(kRight[i].first) + ",\"text\":\"" +
               kRight[i].second + "\"}\n";
    }
    return request_of(benchmark_,
                      {{"questions", questions_}, {"answers", files_.write("a.jsonl", lines)}});
  };
  EXPECT_EQ(eval::figure(benchmark_.score(with("Look left.\\nWhat sits?\\nA. cat\\nB. dog")),
                         "circular_accuracy"),
            1);
  EXPECT_EQ(eval::figure(benchmark_.score(with("What sits?")), "circular_accuracy"), 1);
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(with("What stands?")); }),
              AllOf(HasSubstr("'What sits?'"), HasSubstr("a.jsonl:1")));
}

TEST_F(MmbenchScores, WithoutRotationsThereIsNoCircularAccuracy) {
  questions_ = files_.write("v.tsv", "index\tquestion\tA\tB\tC\tanswer\n1\tq\tx\ty\tNone\tC\n");
  const auto scoring = score({{1, "C"}});
  EXPECT_EQ(scoring.figures[0].name, "vanilla_accuracy");
  EXPECT_EQ(eval::figure(scoring, "vanilla_accuracy"), 0);  // pandas does not see option C
  ASSERT_EQ(scoring.notes.size(), 2u);
  EXPECT_THAT(scoring.notes[1], HasSubstr("1 rows whose right option"));
}

TEST_F(MmbenchScores, PromptsAsLlavaAsks) {
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", questions_}}));
  ASSERT_EQ(prompts.size(), 5u);
  EXPECT_EQ(prompts[0].question + prompts[0].test_prompt,
            "Look left.\nWhat sits?\nA. cat\nB. dog\nAnswer with the option's letter from the "
            "given choices directly.");
  EXPECT_EQ(prompts[0].image_bytes, "PNG");
  EXPECT_EQ(prompts[1].image_bytes, "PNG");  // of row 1
  EXPECT_EQ(prompts[3].question, "How many?\nA. two\nB. three\nC. one");
  EXPECT_EQ(prompts[0].max_tokens, 64);
  const auto broken = files_.write("b.tsv", "index\tquestion\tA\timage\n1\tq\tx\t!!\n");
  EXPECT_THAT(eval::error_of([&] {
                benchmark_.prompts(request_of(benchmark_, {{"questions", broken}}));
              }),
              AllOf(HasSubstr("base64"), HasSubstr("b.tsv:2")));
}

}  // namespace
}  // namespace plumbline::benchmarks
