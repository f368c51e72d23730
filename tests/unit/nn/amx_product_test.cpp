#include "plumbline/nn/amx_product.h"

#include "halves_product.h"

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
      HalvesProduct product(rows, depth);
      kernels::amx_product(kernels::tile_rows(halves(product.x), rows, depth), halves(product.w),
                           halves(product.b), product.begin, product.width,
                           mutable_halves(product.y), product.width);
      product.expect_rounded_once();
    }
  }
}

}  // namespace
}  // namespace plumbline::nn
