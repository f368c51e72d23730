#include "plumbline/report/run_page.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;

class RunPage : public support::Scratch {
 protected:
  void SetUp() override {
    make_folders(folder_ / "ppo");
    make_folders(folder_ / "eval");
    write_file(folder_ / "ppo/run.json", R"({"finished": "today", "seconds": 12.5})");
    write_file(folder_ / "ppo/metrics.jsonl",
               "{\"step\":1,\"score/model\":0.5,\"gold/score\":3}\n{\"step\":2,\"score/"
               "model\":0.9,\"gold/score\":4}\n{\"st");
    eval::RatedAnswer rated;
    rated.item.id = "1";
    rated.item.type = "attribute";
    rated.item.question = "what <colour>?";
    rated.answer = "it is red.";
    rated.verdict.false_ranges = {{6, 9}};
    write_file(folder_ / "eval/run.json", "{}");
    eval::write_answers((folder_ / "eval/answers.jsonl").string(), {rated});
    write_file(folder_ / "eval/figures.json",
               nlohmann::json{{"model", "Mine"},
                              {"figures", eval::to_json(eval::world_figures({rated}, {}))}}
                   .dump());
  }
};

TEST_F(RunPage, ReadsCurvesAndLeavesOutACutLine) {
  const auto run = read_run(folder_ / "ppo");
  EXPECT_EQ(run.name, "ppo");
  EXPECT_EQ(run.seconds, 12.5);
  ASSERT_EQ(run.curves.at("gold/score").size(), 2U);
  EXPECT_EQ(run.curves.at("score/model")[1].second, 0.9);
}

TEST_F(RunPage, ShowsFiguresCurvesAndMarkedExamples) {
  const auto text = runs_html({read_run(folder_ / "ppo"), read_run(folder_ / "eval")});
  EXPECT_THAT(text, HasSubstr("Mine"));
  EXPECT_THAT(text, HasSubstr("it is <mark>red</mark>."));
  EXPECT_THAT(text, HasSubstr("what &lt;colour&gt;?"));
  EXPECT_THAT(text, HasSubstr("Gold score against proxy reward"));
  EXPECT_EQ(text.find("http"), std::string::npos) << "self-contained";
}

TEST_F(RunPage, TableNamesModelAndFigures) {
  const auto text = figures_table({read_run(folder_ / "eval")});
  EXPECT_THAT(text, HasSubstr("Mine"));
  EXPECT_THAT(text, HasSubstr("CHAIR-i"));
}

TEST_F(RunPage, SeveralSeedsOfAMethodBecomeOneColumnWithTheirRange) {
  auto first = read_run(folder_ / "eval"), second = first, other = first;
  first.figures->score = {2, 1, 3};
  second.figures->score = {3, 2.5, 3.5};
  first.figures->types[0].score = 2;
  second.figures->types[0].score = 3;
  other.name = "Other";
  const auto methods = by_method({first, other, read_run(folder_ / "ppo"), second});
  ASSERT_EQ(methods.size(), 2U);
  EXPECT_EQ(methods[0].num_runs, 2);
  EXPECT_EQ(methods[0].figures->score.value, 2.5);
  EXPECT_EQ(methods[0].figures->score.low, 2);
  EXPECT_EQ(methods[0].figures->score.high, 3);
  EXPECT_EQ(methods[0].figures->types[0].score, 2.5);
  EXPECT_EQ(methods[1].figures->score.value, other.figures->score.value);
  EXPECT_THAT(figures_table({first, second}), HasSubstr("Mine, 2 seeds"));
  second.figures->types.clear();
  EXPECT_THROW(by_method({first, second}), DataError);
}

TEST_F(RunPage, RefusesWhatIsNotARun) {
  EXPECT_THROW(read_run(folder_), IoError);
  for (const char* figures : {"{", "{}", R"({"figures": {"answers": "many"}})"}) {
    write_file(folder_ / "eval/figures.json", figures);
    EXPECT_THROW(read_run(folder_ / "eval"), DataError) << figures;
  }
  write_file(folder_ / "ppo/run.json", R"({"finished": "today", "seconds": "long"})");
  EXPECT_THROW(read_run(folder_ / "ppo"), DataError);
}

}  // namespace
}  // namespace plumbline::report
