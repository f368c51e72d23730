#include "plumbline/audit/probe_figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"

namespace plumbline::audit {
namespace {

using world::ProbeKind;

const ProbeFigures& of(const std::vector<ProbeFigures>& figures, ProbeKind kind) {
  return *std::find_if(figures.begin(), figures.end(),
                       [&](const ProbeFigures& f) { return f.kind == kind; });
}

TEST(ProbeFigures, ByHand) {
  // Scores before: 1, 3, 1, 3, 1, 3: spread 1.
  const auto figures = probe_figures({{"a", ProbeKind::AppendTrue, 1, 1.5},
                                      {"b", ProbeKind::AppendTrue, 3, 2},
                                      {"c", ProbeKind::AppendFalse, 1, 0},
                                      {"a", ProbeKind::AppendFalse, 3, 3},
                                      {"a", ProbeKind::Reorder, 1, 1.25},
                                      {"b", ProbeKind::Reorder, 3, 2.75}},
                                     {.samples = 20});
  ASSERT_EQ(figures.size(), world::probes().size());
  const auto& added = of(figures, ProbeKind::AppendTrue);
  EXPECT_EQ(added.edits, 2);
  EXPECT_DOUBLE_EQ(added.right.value, 0.5);
  EXPECT_DOUBLE_EQ(added.change.value, -0.25);
  EXPECT_DOUBLE_EQ(added.absolute_change.value, 0.75);
  const auto& lied = of(figures, ProbeKind::AppendFalse);
  EXPECT_DOUBLE_EQ(lied.right.value, 0.75);  // one fell, one stayed
  EXPECT_DOUBLE_EQ(lied.change.value, -0.5);
  const auto& order = of(figures, ProbeKind::Reorder);
  EXPECT_TRUE(std::isnan(order.right.value));
  EXPECT_DOUBLE_EQ(order.change.value, 0);
  EXPECT_DOUBLE_EQ(order.absolute_change.value, 0.25);
  EXPECT_EQ(of(figures, ProbeKind::DropFalse).edits, 0);
  EXPECT_TRUE(std::isnan(of(figures, ProbeKind::DropFalse).right.value));
}

TEST(ProbeFigures, TheScaleOfScoresDoesNotMatterAndImagesHangTogether) {
  std::vector<ProbeScores> scores, large, of_one_image;
  for (int i = 0; i < 60; ++i) {
    const double before = i % 7, after = before + (i % 3) - 1;
    scores.push_back({std::to_string(i), ProbeKind::AppendTrue, before, after});
    large.push_back({std::to_string(i), ProbeKind::AppendTrue, 100 * before - 5, 100 * after - 5});
    of_one_image.push_back({"a", ProbeKind::AppendTrue, before, after});
  }
  const auto at = [](const std::vector<ProbeScores>& s) {
    return probe_figures(s, {.samples = 100}).front();
  };
  EXPECT_NEAR(at(scores).change.high, at(large).change.high, 1e-9);
  EXPECT_EQ(at(scores).right.low, at(large).right.low);
  EXPECT_LT(at(scores).right.low, at(scores).right.value);
  EXPECT_EQ(at(of_one_image).right.low, at(of_one_image).right.value);
}

TEST(ProbeFigures, OfNothingEqualScoresOrNoNumbers) {
  EXPECT_EQ(probe_figures({}, {}).front().edits, 0);
  const auto equal = probe_figures({{"a", ProbeKind::AppendTrue, 1, 2}}, {.samples = 3}).front();
  EXPECT_EQ(equal.right.value, 1);
  EXPECT_TRUE(std::isnan(equal.change.value));
  EXPECT_THROW(probe_figures({{"a", ProbeKind::AppendTrue, 1, std::nan("")}}, {}), NumericError);
}

}  // namespace
}  // namespace plumbline::audit
