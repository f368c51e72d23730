#include "plumbline/nn/packed_weight.h"

#include <ATen/ATen.h>

#include "compare.h"
#include "packed.h"

namespace plumbline::nn {
namespace {

TEST(PackedWeight, ByHand) {
  PackedWeight four{.codes = at::zeros({1, 16}, at::kByte),
                    .scales = at::tensor({0.5, -1.0}).to(at::kHalf).view({1, 2, 1})};
  four.codes[0][0] = 0x2f;  // value 0 has code 15, value 16 code 2
  EXPECT_EQ(four.bits(), 4);
  at::Tensor expected = at::full({1, 32}, -1.0);
  expected[0][0] = 6.5;
  expected[0][16] = 0;
  EXPECT_TRUE(at::equal(unpacked(four, at::kFloat), expected));

  PackedWeight eight{.codes = at::zeros({1, 32}, at::kByte), .scales = four.scales};
  eight.codes[0][31] = 255;
  EXPECT_EQ(eight.bits(), 8);
  expected = at::full({1, 32}, -1.0);
  expected[0][31] = 126.5;
  EXPECT_TRUE(at::equal(unpacked(eight, at::kFloat), expected));
}

// Tests of other files compare with this formula.
TEST(PackedWeight, IsScaleTimesCodePlusMinimum) {
  for (const int64_t bits : {4, 8}) {
    const PackedWeight weight = random_packed(70, 96, bits, "w");
    const at::Tensor expected = dense_values(weight);
    EXPECT_TRUE(is_close(unpacked(weight, at::kFloat), expected, 1e-6));
    EXPECT_TRUE(is_close(unpacked(weight, at::kBFloat16).to(at::kFloat), expected, 1e-2));
  }
}

TEST(PackedWeight, RowsAreThoseOfTheWhole) {
  const PackedWeight weight = random_packed(9, 64, 4, "w");
  at::Tensor part = at::empty({3, 64});
  unpack_rows(weight, 4, 7, part.data_ptr<float>());
  EXPECT_TRUE(at::equal(part, unpacked(weight, at::kFloat).narrow(0, 4, 3)));
}

}  // namespace
}  // namespace plumbline::nn
