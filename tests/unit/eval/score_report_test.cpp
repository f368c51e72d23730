#include "plumbline/eval/score_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/eval/registry.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

const BootstrapOptions kOptions{.samples = 100, .key = random_key(1, "test")};

class ScoreReportTest : public testing::Test {
 protected:
  ScoredSystem system(const std::string& name, const std::string& answers) {
    const auto& pope = benchmark("pope");
    ScoredSystem system{
        .name = name,
        .request = request_of(pope, {{"questions", questions_},
                                     {"answers", files_.write(name + ".jsonl", answers)}})};
    system.scoring = pope.score(system.request);
    system.figures = figures_of(system.scoring, kOptions);
    return system;
  }

  EvalFiles files_;
  std::string questions_ = files_.write(
      "q.jsonl",
      "{\"question_id\":1,\"image\":\"a.jpg\",\"text\":\"Is there a cup?\",\"label\":\"yes\"}\n"
      "{\"question_id\":2,\"image\":\"b.jpg\",\"text\":\"Is there a dog?\",\"label\":\"no\"}\n");
  ScoredSystem good_ = system("good", "{\"id\":1,\"text\":\"Yes\"}\n{\"id\":2,\"text\":\"No\"}\n");
  ScoredSystem mute_ = system("mute|x", "{\"id\":1,\"text\":\"\"}\n{\"id\":2,\"text\":\"No\"}\n");
};

TEST_F(ScoreReportTest, OneSystem) {
  const ScoreReport report{.benchmark = &benchmark("pope"), .systems = {good_}, .differences = {}};
  const auto text = table(report, TableStyle::Text);
  EXPECT_THAT(text, HasSubstr("accuracy              1.000\n"));
  EXPECT_THAT(text, HasSubstr("Rules: pope=official."));
  EXPECT_THAT(text, HasSubstr("good: 2 answers, all readable."));
  EXPECT_THAT(text, HasSubstr("Giving all no would get: accuracy 0.500, f1 n/a"));
  EXPECT_THAT(text, Not(HasSubstr("permutation")));
  const auto json = nlohmann::json::parse(to_json(report).dump());
  EXPECT_EQ(json["systems"][0]["figures"]["accuracy"]["printed"], "1.000");
  EXPECT_EQ(json["systems"][0]["inputs"]["questions"]["path"], questions_);
  EXPECT_EQ(json["systems"][0]["inputs"]["questions"]["hash"].get<std::string>().size(), 32u);
  EXPECT_TRUE(json["systems"][0]["baselines"]["all no"]["f1"].is_null());
  EXPECT_TRUE(json["differences"].is_null());
}

TEST_F(ScoreReportTest, AFolderIsHashedByItsTexts) {
  const auto hash = [&] {
    ScoredSystem system = good_;
    system.request.files["answers"] = files_.path("folder");
    const ScoreReport report{
        .benchmark = &benchmark("pope"), .systems = {system}, .differences = {}};
    return to_json(report)["systems"][0]["inputs"]["answers"]["hash"].get<std::string>();
  };
  make_folders(files_.path("folder/inner"));
  files_.write("folder/inner/a.txt", "one");
  const auto first = hash();
  files_.write("folder/picture.jpg", "bytes");
  EXPECT_EQ(hash(), first);
  files_.write("folder/b.txt", "");
  EXPECT_NE(hash(), first);
}

TEST_F(ScoreReportTest, TwoSystemsSideBySide) {
  ScoreReport report{.benchmark = &benchmark("pope"), .systems = {good_, mute_}, .differences = {}};
  report.differences = compare(good_.scoring, mute_.scoring, "good", "mute", kOptions);
  const auto text = table(report, TableStyle::Markdown);
  EXPECT_THAT(text,
              HasSubstr("| pope | good | mute\\|x | difference | p |\n|---|---|---|---|---|\n"));
  EXPECT_THAT(text, HasSubstr("mute|x: 2 answers, 1 malformed (counted as yes)."));
  EXPECT_EQ(to_json(report)["differences"]["accuracy_of_readable"]["value"], 0.0);
}

}  // namespace
}  // namespace plumbline::eval
