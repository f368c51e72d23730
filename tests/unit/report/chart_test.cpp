#include "plumbline/report/chart.h"

#include <gmock/gmock.h>

#include <cmath>

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

TEST(BarChart, SeriesDifferWithoutColour) {
  const auto of = [](size_t num_series) {
    BarChart chart{.title = "t", .groups = {"g"}};
    for (size_t s = 0; s < num_series; ++s) {
      chart.series.push_back("s");
      chart.bars.push_back({{1, 0, 0}});
    }
    const auto text = svg(chart);
    size_t count = 0;
    for (size_t at = text.find("<path"); at != std::string::npos; at = text.find("<path", at + 1)) {
      ++count;
    }
    return count;
  };
  // The first is plain; every other has stripes in its bar and in the legend.
  EXPECT_EQ(of(1), 0U);
  EXPECT_EQ(of(2), 2U);
  EXPECT_EQ(of(4), 6U);
}

TEST(BarChart, WithoutAValueThereIsNoBar) {
  const auto text =
      svg(BarChart{.title = "t",
                   .groups = {"g", "h"},
                   .series = {"a"},
                   .bars = {{{std::nan(""), std::nan(""), std::nan("")}, {2, 1, 3}}}});
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  // The bar and its legend.
  EXPECT_NE(text.find("<rect"), text.rfind("<rect"));
  EXPECT_EQ(text.find("<rect", text.find("<rect") + 1), text.rfind("<rect"));
}

TEST(LineChart, PointsApartAreNotJoined) {
  LineChart chart{
      .title = "t",
      .lines = {{.name = "one", .points = {{0, 0}, {1, 1}, {0.5, 1}}, .has_dots = true}}};
  const auto joined = [&] {
    const std::string text = svg(chart);
    const size_t begin = text.find("points=\"") + 8;
    const std::string points = text.substr(begin, text.find('"', begin) - begin);
    return std::count(points.begin(), points.end(), ',');
  };
  EXPECT_EQ(joined(), 3);
  chart.lines[0].num_apart = 1;
  EXPECT_EQ(joined(), 2);
}

// One that is far less certain than the others must not press them together.
TEST(LineChart, WhiskersOfPointsApartEndAtTheEdge) {
  LineChart chart{.title = "t",
                  .lines = {{.name = "one",
                             .points = {{1, 1}, {2, 2}, {3, 3}},
                             .num_apart = 1,
                             .y_ranges = {{1, 1}, {2, 2}, {-50, 50}}}}};
  EXPECT_THAT(svg(chart), Not(HasSubstr(">50<")));
  chart.lines[0].num_apart = 0;
  EXPECT_THAT(svg(chart), HasSubstr(">50<"));
}

TEST(LineChart, DotsStandAtThePoints) {
  LineChart chart{.title = "t", .lines = {{.name = "one", .points = {{0, 0}, {10, 1}}}}};
  EXPECT_THAT(svg(chart), Not(HasSubstr("<circle")));
  chart.lines[0].has_dots = true;
  const auto text = svg(chart);
  const auto first =
      text.substr(text.find("points=\"") + 8, text.find(' ', text.find("points=\"")));
  const auto x = first.substr(0, first.find(','));
  EXPECT_THAT(text, HasSubstr("<circle cx=\"" + x + "\""));
}

}  // namespace
}  // namespace plumbline::report
