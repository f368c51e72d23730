#include "plumbline/report/run_tables.h"

#include <gmock/gmock.h>

#include "tests/unit/report/run_folders.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;

using RunTables = RunFolders;

TEST_F(RunTables, TableNamesModelAndFigures) {
  const auto text = figures_table({read_run(folder_ / "eval")});
  EXPECT_THAT(text, HasSubstr("Mine"));
  EXPECT_THAT(text, HasSubstr("score 0-6"));
}

TEST_F(RunTables, LeaveOutWhatNoRunHas) {
  const auto run = read_run(folder_ / "eval");
  auto other = run;
  other.name = "Other";
  other.figures->values["told_truly"].value = 0.5;
  EXPECT_EQ(figures_table({run}).find("told truly"), std::string::npos) << "no description";
  EXPECT_THAT(figures_table({run, other}), HasSubstr("told truly"));
  EXPECT_THAT(figures_html({run, other}), HasSubstr("told truly"));
}

TEST_F(RunTables, CostIsOfRunsThatAreComplete) {
  EXPECT_THAT(cost_html({read_run(folder_ / "ppo")}), HasSubstr("12.5"));
  EXPECT_EQ(cost_html({read_run(folder_ / "eval")}), "");
}

}  // namespace
}  // namespace plumbline::report
