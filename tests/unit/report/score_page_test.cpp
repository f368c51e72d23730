#include "plumbline/report/score_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const eval::Benchmark kBenchmark{.name = "tiny", .title = "Tiny", .reports = "all"};

eval::ScoredSystem system(const std::string& name) {
  eval::ScoredSystem system{.name = name, .request = {.files = {}, .variants = {}}};
  system.scoring.figures = {{.name = "type/counting/score"}, {.name = "type/other/score"}};
  system.scoring.answers = {
      {.id = "1", .question = "good?", .answer = "yes", .verdict = "right", .score = 1},
      {.id = "2", .question = "bad?", .answer = "<b>no</b>", .verdict = "wrong", .score = 0}};
  system.figures = {{0.5, 0.25, 0.75}, {1, 1, 1}};
  return system;
}

TEST(ScorePage, ShowsFiguresBarsAndTheWorstAnswersFirst) {
  const auto html =
      score_html({.benchmark = &kBenchmark, .systems = {system("A & B")}, .differences = {}});
  EXPECT_THAT(html, HasSubstr("0.500 [0.250, 0.750]"));
  EXPECT_THAT(html, HasSubstr(">score</text>"));
  EXPECT_THAT(html, HasSubstr("Worst answers of A &amp; B"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;no&lt;/b&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>no</b>")));
  EXPECT_LT(html.find("bad?"), html.find("good?"));
}

TEST(ScorePage, WithoutTypesThereAreNoBars) {
  auto plain = system("A");
  plain.scoring.figures = {{.name = "accuracy"}, {.name = "f1"}};
  const auto html = score_html({.benchmark = &kBenchmark, .systems = {plain}, .differences = {}});
  EXPECT_THAT(html, Not(HasSubstr("<svg")));
}

}  // namespace
}  // namespace plumbline::report
