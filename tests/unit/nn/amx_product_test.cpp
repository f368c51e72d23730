#include "plumbline/nn/amx_product.h"

#include "compare.h"
#include "plumbline/nn/halves.h"

namespace plumbline::nn {
namespace {

TEST(AmxProduct, RowsAreLaidOutAsPairs) {
  std::vector<kernels::Half> x(17 * 16);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<kernels::Half>(i);
  const auto tiles = kernels::tile_rows(x.data(), 17, 16);
  ASSERT_EQ(tiles.pairs.size(), 2U * 8 * 16);
  EXPECT_EQ(tiles.pairs[3 * 16 + 5], (5U * 16 + 6) | (5U * 16 + 7) << 16);
  EXPECT_EQ(tiles.pairs[8 * 16 + 0], 256U | 257U << 16);
  EXPECT_EQ(tiles.pairs[8 * 16 + 1], 0U);
}

TEST(AmxProduct, EqualsFp32RoundedOnce) {
  if (!kernels::has_amx()) GTEST_SKIP() << "this CPU has no tiles";
  for (const int64_t rows : {1, 5, 16, 17, 33, 64, 70, 128}) {
    for (const int64_t depth : {16, 32, 48, 576, 688}) {
      constexpr int64_t kWidth = 71;
      const at::Tensor x = random_tensor({rows, depth}, "x").to(at::kBFloat16);
      const at::Tensor w = random_tensor({kWidth, depth}, "w").to(at::kBFloat16);
      const at::Tensor b = random_tensor({kWidth}, "b").to(at::kBFloat16);
      at::Tensor y = at::full({rows, kWidth}, 7).to(at::kBFloat16);
      kernels::amx_product(kernels::tile_rows(halves(x), rows, depth), halves(w), halves(b), 2,
                           kWidth, mutable_halves(y), kWidth);
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
