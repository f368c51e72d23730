#include "plumbline/nn/bf16_product.h"

#include "compare.h"
#include "plumbline/nn/halves.h"

namespace plumbline::nn {
namespace {

TEST(Bf16Product, EqualsFp32RoundedOnce) {
  if (!kernels::has_bf16_dot()) GTEST_SKIP() << "this CPU has no product of bfloat16";
  for (const int64_t rows : {1, 2, 3, 4, 5, 6, 11, 16}) {
    for (const int64_t depth : {16, 32, 48, 576}) {
      constexpr int64_t kWidth = 71;
      const at::Tensor x = random_tensor({rows, depth}, "x").to(at::kBFloat16);
      const at::Tensor w = random_tensor({kWidth, depth}, "w").to(at::kBFloat16);
      const at::Tensor b = random_tensor({kWidth}, "b").to(at::kBFloat16);
      at::Tensor y = at::full({rows, kWidth}, 7).to(at::kBFloat16);
      kernels::bf16_product(halves(x), rows, halves(w), halves(b), depth, 2, kWidth,
                            mutable_halves(y), kWidth);
      const at::Tensor expected =
          at::linear(x.to(at::kFloat), w.to(at::kFloat), b.to(at::kFloat)).narrow(1, 2, kWidth - 2);
      const at::Tensor error = (y.to(at::kFloat).narrow(1, 2, kWidth - 2) - expected).abs();
      EXPECT_TRUE((error <= expected.abs() / 256 + 1e-4).all().item<bool>())
          << rows << " " << depth;
      EXPECT_TRUE((y.narrow(1, 0, 2) == 7).all().item<bool>()) << "outputs not asked for";
    }
  }
}

}  // namespace
}  // namespace plumbline::nn
