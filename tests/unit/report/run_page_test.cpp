#include "plumbline/report/run_page.h"

#include <gmock/gmock.h>

#include "tests/unit/report/run_folders.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;

using RunPage = RunFolders;

TEST_F(RunPage, ShowsFiguresCurvesAndMarkedExamples) {
  const auto text = runs_html({read_run(folder_ / "ppo"), read_run(folder_ / "eval")});
  EXPECT_THAT(text, HasSubstr("Mine"));
  EXPECT_THAT(text, HasSubstr("it is <mark>red</mark>."));
  EXPECT_THAT(text, HasSubstr("what &lt;colour&gt;?"));
  EXPECT_THAT(text, HasSubstr("Gold score against proxy reward"));
  EXPECT_EQ(text.find("http"), std::string::npos) << "self-contained";
}

}  // namespace
}  // namespace plumbline::report
