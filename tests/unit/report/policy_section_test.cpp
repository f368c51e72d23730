#include "plumbline/report/policy_section.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;

TEST(PolicySection, DrawsTheTermsThatAreUsed) {
  report::Run run{.name = "ppo", .path = ""};
  run.curves = {{"reward/score", {{1, 0.5}, {2, 0.7}}}, {"reward/score_std", {{1, 1}, {2, 1}}},
                {"reward/length", {{1, 0}, {2, 0}}},    {"reward/kl", {{1, 0}, {2, -0.1}}},
                {"reward/total", {{1, 0.5}, {2, 0.6}}}, {"kl/k1", {{1, 0}, {2, 1}}}};
  const LineChart chart = reward_terms_chart(run);
  ASSERT_EQ(chart.lines.size(), 2U);
  EXPECT_EQ(chart.lines[0].name, "kl");
  EXPECT_EQ(chart.lines[1].name, "score");
}

TEST(PolicySection, ShowsHowAnswersToTheSamePromptsChanged) {
  support::ScratchFolder scratch;
  const report::Run run{.name = "ppo", .path = scratch.path()};
  EXPECT_EQ(changed_answers_html(run), "");
  make_folders(scratch.path() / "samples");
  const auto line = [](const std::string& answer, const std::string& kind) {
    return R"({"prompt": "what <is> it?", "answer": ")" + answer + R"(", "kind": ")" + kind +
           "\"}\n";
  };
  write_file(scratch.path() / "samples/step-000001.jsonl",
             line("a cup", "greedy") + line("x", "trained"));
  write_file(scratch.path() / "samples/step-000040.jsonl", line("a box", "greedy"));
  const std::string html = changed_answers_html(run);
  EXPECT_THAT(html, testing::AllOf(HasSubstr("a cup"), HasSubstr("a box"), HasSubstr("step-000040"),
                                   HasSubstr("what &lt;is&gt; it?")));
  EXPECT_THAT(html, testing::Not(HasSubstr(">x<")));
  write_file(scratch.path() / "samples/step-000041.jsonl", R"({"kind": "greedy"})");
  EXPECT_THROW(changed_answers_html(run), DataError);
}

}  // namespace
}  // namespace plumbline::report
