#include "plumbline/report/summary_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Run run(const std::string& name, double false_description, double coverage) {
  eval::WorldFigures figures;
  figures.values["false_description"].value = false_description;
  figures.values["coverage"].value = coverage;
  figures.num_answers = 300;
  return {.name = name, .path = {}, .figures = figures};
}

TEST(Summary, ComparesTheLastWithTheFirst) {
  const auto text = summary_html(
      {run("<SFT>", 0.5, 0.75), run("RLHF", 0.4, 0.7), run("Fact-RLHF", 0.25, 0.625)}, false);
  EXPECT_THAT(text,
              AllOf(HasSubstr("of Fact-RLHF's descriptions 25.0 %"),
                    HasSubstr("of &lt;SFT&gt;'s 50.0 %"), HasSubstr("name 62.5 %"),
                    HasSubstr("&lt;SFT&gt;'s 75.0 %"), HasSubstr("one seed and 300 answers")));
}

TEST(Summary, SaysNothingOfWhatMeansNothing) {
  EXPECT_EQ(summary_html({run("SFT", 0.5, 0.75)}, false), "");
  EXPECT_THAT(summary_html({run("SFT", 0.5, 0.75), run("RLHF", 0.4, 0.7)}, true),
              AllOf(HasSubstr("mean nothing"), Not(HasSubstr("50.0"))));
}

TEST(Summary, SeveralSeedsAreNotCalledOne) {
  EXPECT_THAT(summary_html({run("SFT", 0.5, 0.7), run("B", 0.4, 0.7), run("B", 0.2, 0.7)}, false),
              AllOf(HasSubstr("30.0 %"), Not(HasSubstr("one seed"))));
}

TEST(Words, ExplainTheMethods) {
  EXPECT_THAT(words_html(),
              AllOf(HasSubstr("<dt>RLHF, Fact-RLHF</dt>"), HasSubstr("<dt>gap</dt>")));
}

}  // namespace
}  // namespace plumbline::report
