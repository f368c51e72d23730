#include "plumbline/eval/score_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/eval/yes_no.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

const BootstrapOptions kOptions{.samples = 100, .key = random_key(1, "test")};

class ScoreReportTest : public testing::Test {
 protected:
  // Answers to two questions about two images, whose truth is yes and no.
  ScoredSystem system(const std::string& name, YesNo first, YesNo second) {
    Tally tally;
    const YesNoFigures figures(tally, "");
    ScoredSystem system{.name = name,
                        .request = {.files = {{"answers", files_.write(name, "text")}},
                                    .variants = {{"r", "own"}}}};
    int image = 0;
    for (const auto& [truth, said] : {std::pair(true, first), std::pair(false, second)}) {
      figures.add(tally, std::to_string(image++), outcome_of(truth, said));
      system.scoring.answers.push_back({.id = std::to_string(image)});
      system.scoring.num_malformed += said == YesNo::Neither;
    }
    system.scoring.malformed_as = "wrong";
    system.scoring.figures = YesNoFigures::specs("", {.digits = 3});
    system.scoring.num_sums = tally.num_columns();
    system.scoring.units = tally.units();
    system.scoring.values = [figures](const Sums& sums) { return figures.values(sums); };
    system.scoring.baselines = {{"all no", {0.5, NAN, 0, NAN, 0, 0.5}}};
    system.figures = figures_of(system.scoring, kOptions);
    return system;
  }

  EvalFiles files_;
  Benchmark benchmark_{.name = "tiny", .title = "Tiny", .reports = "all"};
  ScoredSystem good_ = system("good", YesNo::Yes, YesNo::No);
  ScoredSystem mute_ = system("mute|x", YesNo::Neither, YesNo::No);
};

TEST_F(ScoreReportTest, OneSystem) {
  good_.scoring.judge = "a friend";
  const ScoreReport report{.benchmark = &benchmark_, .systems = {good_}, .differences = {}};
  const auto text = table(report, TableStyle::Text);
  EXPECT_THAT(text, HasSubstr("accuracy              1.000\n"));
  EXPECT_THAT(text, HasSubstr("Rules: r=own."));
  EXPECT_THAT(text, HasSubstr("good: 2 answers, all readable, judged by a friend."));
  EXPECT_THAT(text, HasSubstr("Giving all no would get: accuracy 0.500, f1 n/a"));
  EXPECT_THAT(text, HasSubstr("intervals over images."));
  EXPECT_THAT(text, Not(HasSubstr("permutation")));
  const auto json = nlohmann::json::parse(to_json(report).dump());
  EXPECT_EQ(json["systems"][0]["figures"]["accuracy"]["printed"], "1.000");
  EXPECT_EQ(json["systems"][0]["inputs"]["answers"]["hash"].get<std::string>().size(), 32u);
  EXPECT_TRUE(json["systems"][0]["baselines"]["all no"]["f1"].is_null());
  EXPECT_TRUE(json["differences"].is_null());
}

TEST_F(ScoreReportTest, TwoSystemsSideBySide) {
  ScoreReport report{.benchmark = &benchmark_, .systems = {good_, mute_}, .differences = {}};
  report.differences = compare(good_.scoring, mute_.scoring, "good", "mute", kOptions);
  const auto text = table(report, TableStyle::Markdown);
  EXPECT_THAT(text,
              HasSubstr("| tiny | good | mute\\|x | difference | p |\n|---|---|---|---|---|\n"));
  EXPECT_THAT(text, HasSubstr("mute|x: 2 answers, 1 malformed (counted as wrong)."));
  EXPECT_EQ(to_json(report)["differences"]["accuracy_of_readable"]["value"], 0.0);
}

}  // namespace
}  // namespace plumbline::eval
