#include "plumbline/nn/rms_norm.h"

#include "compare.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

at::Tensor fused(const std::vector<at::Tensor>& in) { return rms_norm(in[0], in[1], 1e-5); }
at::Tensor composite(const std::vector<at::Tensor>& in) {
  return rms_norm_composite(in[0], in[1], 1e-5);
}

TEST(Compare, NoticesDifferences) {
  const at::Tensor x = random_tensor({3, 4}, "x");
  at::Tensor y = x.clone();
  EXPECT_TRUE(is_close(x, y));
  y[1][2] += 1e-3;
  EXPECT_FALSE(is_close(x, y));
  y[1][2] = NAN;
  EXPECT_FALSE(is_close(x, y));
}

TEST(RmsNorm, IsWeightTimesNormalisedRow) {
  const at::Tensor y = rms_norm(at::tensor({3.0F, 4.0F}), at::tensor({1.0F, 2.0F}), 0.0);
  EXPECT_NEAR(y[0].item<double>(), 3 / std::sqrt(12.5), 1e-6);
  EXPECT_NEAR(y[1].item<double>(), 8 / std::sqrt(12.5), 1e-6);
}

TEST(RmsNorm, FusedEqualsComposite) {
  for (const int64_t width : {128, 20, 3}) {
    expect_same(fused, composite, {random_tensor({150, width}, "x"), random_tensor({width}, "w")});
  }
  expect_same(fused, composite, {random_tensor({2, 5, 16}, "x"), random_tensor({16}, "w")});
  EXPECT_EQ(rms_norm(at::empty({0, 8}), at::ones(8), 1e-5).size(0), 0);
}

TEST(RmsNorm, FrozenWeightNeedsNoGradient) {
  at::Tensor x = random_tensor({4, 8}, "x").requires_grad_(true);
  const at::Tensor weight = at::ones(8);
  rms_norm(x, weight, 1e-5).sum().backward();
  EXPECT_TRUE(x.grad().defined());
  EXPECT_FALSE(weight.grad().defined());
}

TEST(RmsNorm, Bfloat16RoundsBeforeTheWeight) {
  const at::Tensor x = random_tensor({6, 16}, "x").to(at::kBFloat16);
  const at::Tensor weight = random_tensor({16}, "w").to(at::kBFloat16);
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor normal = wide / (wide.square().mean(-1, true) + 1e-5).sqrt();
  EXPECT_TRUE(at::equal(rms_norm(x, weight, 1e-5), weight * normal.to(at::kBFloat16)));
}

TEST(RmsNorm, Bfloat16TrainsAsFp32Does) {
  expect_same_in_halves(fused, composite, {random_tensor({70, 32}, "x"), random_tensor({32}, "w")});
}

TEST(RmsNorm, RefusesAnotherWidth) {
  EXPECT_THROW(rms_norm(at::ones({2, 4}), at::ones(5), 1e-5), InternalError);
}

}  // namespace
}  // namespace plumbline::nn
