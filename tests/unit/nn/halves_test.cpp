#include "plumbline/nn/halves.h"

#include <ATen/core/grad_mode.h>

#include "compare.h"

namespace plumbline::nn {
namespace {

TEST(Halves, ArePlainWithoutGradientsAlone) {
  at::Tensor x = at::ones({2}).to(at::kBFloat16);
  EXPECT_FALSE(are_plain_halves(x));
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(are_plain_halves(x));
  EXPECT_FALSE(are_plain_halves(at::ones({2})));
  mutable_halves(x)[1] = 0x4000;
  EXPECT_EQ(halves(x)[0], 0x3f80);
  EXPECT_EQ(x[1].item<float>(), 2.0F);
}

}  // namespace
}  // namespace plumbline::nn
