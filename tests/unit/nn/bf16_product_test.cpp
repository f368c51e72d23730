#include "plumbline/nn/bf16_product.h"

#include "halves_product.h"

namespace plumbline::nn {
namespace {

TEST(Bf16Product, EqualsFp32RoundedOnce) {
  if (!kernels::has_bf16_dot()) GTEST_SKIP() << "this CPU has no product of bfloat16";
  for (const int64_t rows : {1, 2, 3, 4, 5, 6, 11, 16}) {
    for (const int64_t depth : {16, 32, 48, 576}) {
      HalvesProduct product(rows, depth);
      kernels::bf16_product(halves(product.x), rows, halves(product.w), halves(product.b), depth,
                            product.begin, product.width, mutable_halves(product.y), product.width);
      product.expect_rounded_once();
    }
  }
}

}  // namespace
}  // namespace plumbline::nn
