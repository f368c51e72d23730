#include "plumbline/benchmarks/amber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"
#include "tests/unit/english/wordnet_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class Amber : public testing::Test {
 protected:
  eval::EvalRequest request(const std::string& answers,
                            const std::vector<std::string>& variants = {}) {
    auto inputs = inputs_;
    inputs["answers"] = files_.write("a.json", answers);
    return request_of(benchmark_, inputs, variants);
  }
  eval::Scoring score(const std::string& answers, const std::vector<std::string>& variants = {}) {
    return benchmark_.score(request(answers, variants));
  }

  eval::EvalFiles files_;
  english::WordNetFiles words_;
  eval::Benchmark benchmark_ = amber();
  std::string all_ = files_.write("query_all.json", R"([
      {"id":1,"image":"AMBER_1.jpg","query":"Describe this image."},
      {"id":2,"image":"AMBER_1.jpg","query":"Is there a dog in this image?"},
      {"id":3,"image":"AMBER_1.jpg","query":"Is the dog big in this image?"},
      {"id":4,"image":"AMBER_2.jpg","query":"Is there contact between both?"}])");
  std::map<std::string, std::string> inputs_ = {
      {"questions", all_},
      {"annotations", files_.write("annotations.json", R"([
          {"id":1,"type":"generative","truth":["sky","dog"],"hallu":["cat"]},
          {"id":2,"type":"discriminative-hallucination","truth":"yes"},
          {"id":3,"type":"discriminative-attribute-state","truth":"no"},
          {"id":4,"type":"relation","truth":"no"}])")},
      {"associations", files_.write("relation.json", R"({"sky":[],"dog":["mouse"],"cat":[],
          "table":["bench"]})")},
      {"safe_words", files_.write("safe_words.txt", "light\n")},
      {"wordnet", words_.folder()}};
};

constexpr const char* kAnswers = R"([{"id":2,"response":"Yes"},
    {"id":1,"response":"Dogs, a cat and two benches under the sky; mice."},
    {"id":"4","response":"No"},{"id":3,"response":"no"}])";

TEST_F(Amber, FiguresByHand) {
  const auto scoring = score(kAnswers);
  // "Dogs" keeps its case and so is no word of AMBER's; kept are cat, bench, sky and mouse.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "generative/chair"), 2 / 4.001 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "generative/cover"), 2 / 2.001 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "generative/hal"), 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "generative/cog"), 1 / 1.001 * 100);
  EXPECT_EQ(eval::printed_figure(scoring, "generative/chair"), "50.0");
  EXPECT_EQ(eval::printed_figure(scoring, "generative/cog"), "99.9");
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "discriminative/accuracy"), 2 / 3.001 * 100);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "discriminative/recall"), 1 / 2.001 * 100);
  EXPECT_EQ(eval::printed_figure(scoring, "relation/f1"), "99.9");
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_EQ(scoring.answers[0].verdict, "covered dog, sky; not there: cat, bench");
  EXPECT_THAT(scoring.notes[0], HasSubstr("WordNet (no tagger was given)"));
}

TEST_F(Amber, OnlyExactAnswersCount) {
  inputs_["questions"] = files_.write("q.json", R"([{"id":3,"image":"i","query":"?"}])");
  for (const char* other : {"no", "No.", " No", "NO", "", "Not"}) {
    const auto scoring = score(std::string("[{\"id\":3,\"response\":\"") + other + "\"}]");
    EXPECT_EQ(eval::figure(scoring, "state/accuracy"), 0) << other;
    EXPECT_EQ(scoring.num_malformed, 1) << other;
  }
  EXPECT_EQ(score(R"([{"id":3,"response":"Yes"}])").num_malformed, 0);
  EXPECT_EQ(score(R"([{"id":3,"response":null}])").num_malformed, 1);
}

TEST_F(Amber, OneMoreRightAnswerNeverLowersAccuracy) {
  inputs_["questions"] = files_.write("q.json", R"([{"id":2,"image":"a","query":"?"},
      {"id":3,"image":"a","query":"?"},{"id":4,"image":"b","query":"?"}])");
  const std::vector<std::string> right = {"Yes", "No", "No"}, wrong = {"No", "", "Yes"};
  double before = -1;
  for (size_t num_right = 0; num_right <= 3; ++num_right) {
    std::string answers;
    for (size_t i = 0; i < 3; ++i) {
      answers = "{\"id\":" + std::to_string(i + 2) + ",\"response\":\"" +
                (i < num_right ? right : wrong)[i] + "\"}\n" + answers;  // the last one first
    }
    const double accuracy = eval::figure(score(answers), "discriminative/accuracy");
    EXPECT_GT(accuracy, before);
    before = accuracy;
  }
  EXPECT_DOUBLE_EQ(before, 3 / 3.001 * 100);
}

TEST_F(Amber, ConstantBaselines) {
  const auto scoring = score(kAnswers);
  ASSERT_EQ(scoring.baselines.size(), 2u);
  const auto& no = scoring.baselines[1].second;
  EXPECT_EQ(no.size(), scoring.figures.size());
  EXPECT_EQ(scoring.figures[4].name, "discriminative/accuracy");
  EXPECT_DOUBLE_EQ(no[4], 2 / 3.001 * 100);
  EXPECT_EQ(no[0], 0);  // names nothing
}

TEST_F(Amber, VlmEvalKitReadsWordsOfYesNoQuestionsAlone) {
  EXPECT_THAT(eval::error_of([&] { score(kAnswers, {"amber=vlmevalkit"}); }),
              HasSubstr("query_discriminative.json"));
  inputs_["questions"] = files_.write("q.json", R"([{"id":3,"image":"i","query":"?"}])");
  const auto scoring = score(R"([{"id":3,"response":"no, it is small"}])", {"amber=vlmevalkit"});
  EXPECT_EQ(eval::figure(scoring, "state/accuracy"), 100);
  EXPECT_EQ(eval::figure(scoring, "average_accuracy"), 100);
  EXPECT_EQ(score(R"([{"id":3,"response":"**no**"}])", {"amber=vlmevalkit"}).num_malformed, 1);
  EXPECT_THAT(eval::error_of([&] { eval::figure(scoring, "state/f1"); }), HasSubstr("no figure"));
  EXPECT_EQ(score(R"([{"id":3,"response":"no or yes"}])", {"amber=vlmevalkit"}).num_malformed, 1);
  EXPECT_EQ(benchmark_.prompts(request("[]", {"amber=vlmevalkit"}))[0].test_prompt,
            "\nPlease answer yes or no.");
}

TEST_F(Amber, OfficialNeedsVectors) {
  EXPECT_THAT(eval::error_of([&] { score(kAnswers, {"amber=official"}); }),
              HasSubstr("--file vectors=FILE"));
  inputs_["vectors"] = files_.write("v.txt", "bench 1 0\nsky 0.9 0.1\ncat 0 1\n");
  const auto scoring = score(kAnswers, {"amber=official"});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "generative/chair"),
                   1 / 4.001 * 100);  // benches are alike sky
  EXPECT_THAT(scoring.notes[0], HasSubstr("3 of AMBER's 6 words"));
}

TEST_F(Amber, DescriptionsNeedWords) {
  inputs_.erase("associations");
  EXPECT_THAT(eval::error_of([&] { score(kAnswers); }), HasSubstr("--file associations=FILE"));
}

TEST_F(Amber, ATruthOfOtherWordsIsRefused) {
  inputs_["questions"] = files_.write("q.json", R"([{"id":1,"image":"i","query":"?"}])");
  inputs_["annotations"] =
      files_.write("b.json", R"([{"id":1,"type":"generative","truth":["moon"],"hallu":[]}])");
  EXPECT_THAT(eval::error_of([&] { score(R"([{"id":1,"response":"x"}])"); }),
              HasSubstr("'moon' (the annotation of 1)"));
}

TEST_F(Amber, AnswersAreJoinedById) {
  EXPECT_THAT(eval::error_of([&] { score(R"([{"id":1,"response":"Yes"}])"); }),
              HasSubstr("no answer to 2, 3, 4"));
  EXPECT_THAT(eval::error_of([&] {
                score(R"([{"id":1,"response":""},{"id":2,"response":""},{"id":2,"response":""}])");
              }),
              HasSubstr("twice: 2"));
}

TEST_F(Amber, Prompts) {
  const auto prompts = benchmark_.prompts(request("[]"));
  ASSERT_EQ(prompts.size(), 4u);
  EXPECT_EQ(prompts[0].question + prompts[0].test_prompt, "Describe this image.");
  EXPECT_EQ(prompts[3].image, "AMBER_2.jpg");
}

}  // namespace
}  // namespace plumbline::benchmarks
