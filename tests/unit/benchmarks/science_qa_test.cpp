#include "plumbline/benchmarks/science_qa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ScienceQa, LlavaReadsLettersAndASentence) {
  const auto read = [](const std::string& text) {
    return read_science_answer(text, ScienceRule::Llava);
  };
  EXPECT_EQ(read("A"), 'A');
  EXPECT_EQ(read("A. cat"), 'A');
  EXPECT_EQ(read("A. "), 'A');
  EXPECT_EQ(read("The answer is C."), 'C');
  EXPECT_EQ(read("The answer is C, as"), 'C');
  EXPECT_EQ(read("So: The answer is F."), 'F');
  for (const char* failed :
       {"A.", "A) cat", "(A)", "a", "F", "", "The answer is C", "The answer is C\n",
        "the answer is C.", "The answer is c.", "The answer is A. The answer is A."}) {
    EXPECT_EQ(read(failed), std::nullopt) << failed;
  }
  // The character behind the letter belongs to the match.
  EXPECT_EQ(read("The answer is AThe answer is B."), 'A');
}

TEST(ScienceQa, V1ReadsTheSentenceOnly) {
  EXPECT_EQ(read_science_answer("A", ScienceRule::V1), std::nullopt);
  EXPECT_EQ(read_science_answer("A. The answer is B.", ScienceRule::V1), 'B');
  EXPECT_EQ(read_science_answer("A. The answer is B.", ScienceRule::Llava), 'A');
}

const std::string kProblems =
    "{\"1\":{\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":0,\"image\":\"image.png\","
    "\"hint\":\"h\",\"subject\":\"natural science\",\"grade\":\"grade6\"},"
    "\"2\":{\"question\":\"r\",\"choices\":[\"x\",\"y\",\"z\"],\"answer\":2,\"image\":null,"
    "\"hint\":\"\",\"subject\":\"social science\",\"grade\":\"grade7\"},"
    "\"3\":{\"question\":\"s\",\"choices\":[\"x\",\"y\"],\"answer\":0,\"image\":\"image.png\","
    "\"hint\":\"\",\"subject\":\"language science\",\"grade\":\"grade12\"}}";

class ScienceScores : public testing::Test {
 protected:
  eval::EvalRequest request(const std::vector<std::string>& texts,
                            const std::vector<std::string>& variants = {}) {
    std::string lines;
    for (size_t i = texts.size(); i-- > 0;) {
      lines += "{\"question_id\":\"" + std::to_string(i + 1) + "\",\"text\":" + texts[i] + "}\n";
    }
    return request_of(benchmark_,
                      {{"questions", files_.write("p.json", kProblems)},
                       {"splits", files_.write("s.json", "{\"test\":[\"1\",\"2\",\"3\"]}")},
                       {"answers", files_.write("a.jsonl", lines)}},
                      variants);
  }
  eval::Scoring score(const std::vector<std::string>& texts,
                      const std::vector<std::string>& variants = {}) {
    return benchmark_.score(request(texts, variants));
  }

  eval::EvalFiles files_;
  eval::Benchmark benchmark_ = science_qa();
};

TEST_F(ScienceScores, FiguresByHand) {
  const auto scoring = score({"\"A\"", "\"The answer is C.\"", "\"B. y\""});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 2.0 / 3);
  EXPECT_EQ(eval::figure(scoring, "image_accuracy"), 0.5);
  EXPECT_EQ(eval::figure(scoring, "subject/NAT"), 1);
  EXPECT_EQ(eval::figure(scoring, "subject/SOC"), 1);
  EXPECT_EQ(eval::figure(scoring, "subject/LAN"), 0);
  EXPECT_EQ(eval::figure(scoring, "context/TXT"), 1);
  EXPECT_EQ(eval::figure(scoring, "context/IMG"), 0.5);
  EXPECT_EQ(eval::figure(scoring, "context/NO"), 1);
  EXPECT_EQ(eval::figure(scoring, "grade/G1-6"), 1);
  EXPECT_EQ(eval::figure(scoring, "grade/G7-12"), 0.5);
  EXPECT_EQ(eval::printed_figure(scoring, "accuracy"), "66.67");
  EXPECT_EQ(scoring.num_malformed, 0);
}

TEST_F(ScienceScores, FailedAndBeyondAreWrong) {
  const auto scoring = score({"\"C\"", "null", "\"A\""});
  EXPECT_EQ(scoring.num_malformed, 2);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "accuracy"), 1.0 / 3);
  EXPECT_EQ(eval::figure(scoring, "accuracy_of_readable"), 1);
  EXPECT_EQ(scoring.answers[0].verdict, "C: beyond the choices");
  EXPECT_EQ(scoring.answers[1].verdict, "malformed");
}

TEST_F(ScienceScores, V1DrawsWhatItCannotRead) {
  std::set<double> seen;
  for (int seed = 0; seed < 20; ++seed) {
    const std::vector<std::string> variants = {"sqa=v1", "seed=" + std::to_string(seed)};
    const auto scoring = score({"\"\"", "\"The answer is C.\"", "\"\""}, variants);
    EXPECT_EQ(scoring.num_malformed, 2);
    EXPECT_EQ(eval::figure(scoring, "subject/SOC"), 1);
    EXPECT_EQ(eval::figure(scoring, "accuracy"),
              eval::figure(score({"\"\"", "\"The answer is C.\"", "\"\""}, variants), "accuracy"));
    seen.insert(eval::figure(scoring, "accuracy"));
  }
  EXPECT_GT(seen.size(), 1u);
}

TEST_F(ScienceScores, MissingAnswers) {
  EXPECT_THAT(eval::error_of([&] { score({"\"A\"", "\"C\""}); }), HasSubstr("no answer to 3"));
  const auto llava = score({"\"A\"", "\"C\""}, {"missing=official"});
  EXPECT_DOUBLE_EQ(eval::figure(llava, "accuracy"), 2.0 / 3);
  EXPECT_THAT(llava.notes[0], HasSubstr("1 problems"));
  const auto v1 =
      score({"\"The answer is A.\"", "\"The answer is B.\""}, {"missing=official", "sqa=v1"});
  EXPECT_EQ(eval::figure(v1, "accuracy"), 0.5);
  EXPECT_EQ(v1.units.size(), 3u);
  EXPECT_EQ(v1.num_sums, llava.num_sums);
}

TEST_F(ScienceScores, IdsMustMatch) {
  EXPECT_THAT(eval::error_of([&] {
                score({"\"A\"", "\"A\"", "\"A\"", "\"A\""});
              }),
              HasSubstr("answers to 4"));
  auto twice = request({"\"A\""});
  files_.write("a.jsonl",
               "{\"question_id\":1,\"text\":\"A\"}\n{\"question_id\":1,\"text\":\"A\"}\n");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(twice); }), HasSubstr("twice: 1"));
  auto by_position = request({"\"A\"", "\"B\"", "\"C\""});
  by_position.join = eval::Join::Position;
  // The file is the wrong way round: only the last problem gets its A.
  EXPECT_DOUBLE_EQ(eval::figure(benchmark_.score(by_position), "accuracy"), 1.0 / 3);
  files_.write("a.jsonl", "{\"text\":\"A\"}\n");
  EXPECT_THAT(eval::error_of([&] { benchmark_.score(by_position); }), HasSubstr("3 answers"));
}

TEST_F(ScienceScores, ConstantAnswersAsBaselines) {
  const auto scoring = score({"\"A\"", "\"A\"", "\"A\""});
  EXPECT_EQ(scoring.baselines[0].first, "most frequent letter (A)");
  EXPECT_EQ(scoring.baselines[1].second[0], eval::figure(scoring, "accuracy"));
  EXPECT_EQ(scoring.baselines[2].second[0], 0);
  EXPECT_EQ(scoring.baselines.back().first, "a random choice, on average");
  EXPECT_DOUBLE_EQ(scoring.baselines.back().second[0], (0.5 + 1.0 / 3 + 0.5) / 3);
}

TEST_F(ScienceScores, PromptsAsLlavaAsks) {
  auto asked = request({});
  const auto prompts = benchmark_.prompts(asked);
  EXPECT_EQ(prompts[0].question, "Context: h\nQuestion: q\nOptions: (A) x (B) y");
  EXPECT_EQ(prompts[0].image, "1/image.png");
  EXPECT_EQ(prompts[1].question, "Context: N/A\nQuestion: r\nOptions: (A) x (B) y (C) z");
  EXPECT_EQ(prompts[1].image, "");
  EXPECT_THAT(prompts[1].test_prompt, HasSubstr("option's letter"));
  asked.files["list"] = files_.write(
      "l.json",
      "[{\"id\":\"1\",\"conversations\":[{\"from\":\"human\",\"value\":\"Mine?\\n<image>\"}]},"
      "{\"id\":\"2\",\"conversations\":[{\"value\":\"Two?\"}]},"
      "{\"id\":\"3\",\"conversations\":[{\"value\":\"<image>\\nThree?\"}]}]");
  EXPECT_EQ(benchmark_.prompts(asked)[0].question, "Mine?");
  EXPECT_EQ(benchmark_.prompts(asked)[2].question, "Three?");
  asked.files["list"] =
      files_.write("l.json", "[{\"id\":\"1\",\"conversations\":[{\"value\":\"a\"}]}]");
  EXPECT_THAT(eval::error_of([&] { benchmark_.prompts(asked); }), HasSubstr("no problem 2"));
}

}  // namespace
}  // namespace plumbline::benchmarks
