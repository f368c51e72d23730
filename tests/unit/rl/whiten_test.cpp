#include "plumbline/rl/whiten.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

at::Tensor whitened(const at::Tensor& values) { return whiten(values, moments(values)); }

TEST(Whiten, HandWorked) {
  // Mean 2, population deviation sqrt(2/3).
  const at::Tensor w = whitened(at::tensor({1.0F, 2.0F, 3.0F}));
  EXPECT_TRUE(support::is_close(w, at::tensor({-1.2247449, 0.0, 1.2247449}, at::kDouble), 1e-6));
  EXPECT_EQ(w.scalar_type(), at::kFloat);
}

TEST(Whiten, TheSmallNumberStandsBesideTheDeviation) {
  // Deviation 1e-8: divided by twice that. Under a root it would be (1e-4)^2.
  const at::Tensor w = whitened(at::tensor({-1e-8F, 1e-8F}));
  EXPECT_TRUE(support::is_close(w, at::tensor({-0.5F, 0.5F}), 1e-6)) << w;
}

TEST(Whiten, OneValueAndEqualValuesBecomeZero) {
  EXPECT_EQ(whitened(at::tensor({5.1F}))[0].item<double>(), 0);
  EXPECT_EQ(whitened(at::full({4}, 3.0F)).abs().max().item<double>(), 0);
  EXPECT_EQ(whitened(at::empty({0})).numel(), 0);
  const std::vector<double> one = {5.1};
  EXPECT_THAT(whiten(one, moments(one)), testing::ElementsAre(0));
}

TEST(Whiten, MeanZeroAndDeviationOneFarFromZero) {
  const Moments of_all = moments(whitened(1000 + at::linspace(0, 1, 64).square()));
  EXPECT_NEAR(of_all.mean, 0, 1e-6);
  EXPECT_NEAR(of_all.deviation(), 1, 1e-6);
}

TEST(Whiten, DoesNotSeeShiftAndScale) {
  const at::Tensor values = at::tensor({0.5F, -2.0F, 4.0F, 1.0F});
  EXPECT_TRUE(support::is_close(whitened(values * 8 - 16), whitened(values), 1e-6));
}

TEST(Whiten, VectorsAndTensorsAlikeAndWithoutGradient) {
  const std::vector<double> values = {0.5, -2, 4, 1};
  const auto of_all = moments(values);
  const at::Tensor as_tensor = at::tensor(values, at::kFloat).requires_grad_(true);
  const at::Tensor w = whiten(as_tensor, of_all);
  EXPECT_FALSE(w.requires_grad());
  EXPECT_TRUE(support::is_close(w, at::tensor(whiten(values, of_all), at::kDouble), 1e-6));
}

TEST(ScaleToOne, KeepsTheMean) {
  // Mean 3, deviation 2.
  const at::Tensor values = at::tensor({1.0F, 5.0F, 1.0F, 5.0F});
  const at::Tensor scaled = scale_to_one(values, moments(values));
  EXPECT_TRUE(support::is_close(scaled, at::tensor({2.0F, 4.0F, 2.0F, 4.0F}), 1e-6)) << scaled;
}

TEST(Moments, OfNothingAndOfVectors) {
  const Moments nothing = moments(at::empty({0}));
  EXPECT_EQ(nothing.count, 0);
  EXPECT_EQ(nothing.deviation(), 0);
  EXPECT_EQ(moments(std::vector<double>()).count, 0);
  EXPECT_EQ(merge(nothing, nothing).count, 0);
  const Moments m = moments({1.0, 2.0, 6.0});
  EXPECT_EQ(m.count, 3);
  EXPECT_DOUBLE_EQ(m.mean, 3);
  EXPECT_DOUBLE_EQ(m.squares, 4 + 1 + 9);
  EXPECT_DOUBLE_EQ(m.variance(), 14.0 / 3);
  EXPECT_DOUBLE_EQ(m.deviation(), std::sqrt(14.0 / 3));
}

TEST(Moments, MergeToThoseOfTheUnion) {
  const at::Tensor all = at::tensor({1.0, 4.0, -2.0, 8.0, 8.5, 0.0, 3.0}, at::kDouble);
  const Moments whole = moments(all);
  const Moments merged = merge(merge(moments(all.slice(0, 0, 2)), moments(all.slice(0, 2, 3))),
                               merge(moments(all.slice(0, 3, 7)), moments(all.slice(0, 7, 7))));
  EXPECT_EQ(merged.count, 7);
  EXPECT_NEAR(merged.mean, whole.mean, 1e-12);
  EXPECT_NEAR(merged.squares, whole.squares, 1e-10);
  // Two ranks whiten with the merged moments exactly as one would.
  const at::Tensor parts =
      at::cat({whiten(all.slice(0, 0, 3), merged), whiten(all.slice(0, 3), merged)});
  EXPECT_TRUE(support::is_close(parts, whitened(all), 1e-6));
}

}  // namespace
}  // namespace plumbline::rl
