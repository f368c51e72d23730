#include "plumbline/rl/whiten.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace plumbline::rl {
namespace {

TEST(Whiten, HandWorked) {
  // Mean 2, population deviation sqrt(2/3).
  const at::Tensor w = whiten(at::tensor({1.0F, 2.0F, 3.0F}));
  EXPECT_NEAR(w[0].item<double>(), -1.2247449, 1e-5);
  EXPECT_NEAR(w[1].item<double>(), 0, 1e-6);
}

TEST(Whiten, OneValueAndEqualValuesBecomeZero) {
  EXPECT_EQ(whiten(at::tensor({5.0F}))[0].item<double>(), 0);
  EXPECT_EQ(whiten(at::full({4}, 3.0F)).abs().max().item<double>(), 0);
  EXPECT_EQ(whiten(at::empty({0})).numel(), 0);
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
  EXPECT_TRUE(at::allclose(parts, whiten(all)));
}

}  // namespace
}  // namespace plumbline::rl
