#include "plumbline/report/chart.h"

#include <gmock/gmock.h>

namespace plumbline::report {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Ticks, AreRoundAndInside) {
  EXPECT_THAT(ticks(0, 1, 5),
              ElementsAre(0, DoubleNear(.2, 1e-9), DoubleNear(.4, 1e-9), DoubleNear(.6, 1e-9),
                          DoubleNear(.8, 1e-9), DoubleNear(1, 1e-9)));
  EXPECT_THAT(ticks(-3, 12, 3), ElementsAre(0, 5, 10));
}

TEST(LineChart, DrawsPointsLegendAndEscapes) {
  const auto text =
      svg(LineChart{.title = "a < b",
                    .x_label = "step",
                    .y_label = "score",
                    .lines = {{.name = "one", .points = {{0, 0}, {10, 1}}}, {.name = "empty"}}});
  EXPECT_THAT(text, HasSubstr("a &lt; b"));
  EXPECT_THAT(text, HasSubstr(">one<"));
  EXPECT_THAT(text, Not(HasSubstr(">empty<")));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(LineChart, OfEqualValuesOrNothing) {
  EXPECT_EQ(svg(LineChart{}), "");
  const auto text = svg(LineChart{.title = "flat", .lines = {{.name = "x", .points = {{1, 2}}}}});
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  EXPECT_THAT(text, Not(HasSubstr("inf")));
}

TEST(BarChart, HigherValuesAreTaller) {
  const auto text = svg(BarChart{
      .title = "t", .groups = {"g"}, .series = {"a", "b"}, .bars = {{{1, .5, 1.5}}, {{2, 0, 0}}}});
  const auto height = [&](int nth) {
    size_t at = 0;
    for (int i = 0; i <= nth; ++i) at = text.find("<rect", at + 1);
    return std::stod(text.substr(text.find("height=\"", at) + 8));
  };
  EXPECT_NEAR(height(1), 2 * height(0), 0.2);
}

}  // namespace
}  // namespace plumbline::report
