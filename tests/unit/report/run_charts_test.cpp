#include "plumbline/report/run_charts.h"

#include <gmock/gmock.h>

#include "tests/unit/report/run_folders.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;

using RunCharts = RunFolders;

TEST_F(RunCharts, SeedsOfAMethodAreOneLine) {
  auto first = read_run(folder_ / "ppo"), second = first;
  second.name = "ppo-seed1";
  const auto text = run_charts({first, second}, {});
  EXPECT_THAT(text, HasSubstr("Gold score against proxy reward"));
  EXPECT_THAT(text, HasSubstr("ppo, 2 seeds"));
}

TEST_F(RunCharts, BarsAreOfTheTypesOfQuestions) {
  const auto methods = by_method({read_run(folder_ / "eval")});
  EXPECT_THAT(run_charts({}, methods), HasSubstr("attribute"));
}

}  // namespace
}  // namespace plumbline::report
