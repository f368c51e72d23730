#include "plumbline/nn/packed_product.h"

#include "packed.h"
#include "plumbline/nn/bf16_product.h"
#include "plumbline/nn/halves.h"

namespace plumbline::nn {
namespace {

// Depths of whole groups of codes and with a part of one; fewer blocks than a vector of scales.
TEST(PackedProduct, EqualsUnpackedWeightsInFp32RoundedOnce) {
  if (!kernels::has_bf16_dot()) GTEST_SKIP() << "this CPU has no product of bfloat16";
  for (const int64_t bits : {4, 8}) {
    for (const int64_t rows : {1, 2, 3, 4}) {
      for (const int64_t depth : {32, 64, 96, 128, 576, 1568}) {
        const PackedWeight weight = random_packed(13, depth, bits, "w");
        const at::Tensor x = random_tensor({rows, depth}, "x").to(at::kBFloat16);
        const at::Tensor bias = random_tensor({13}, "bias").to(at::kBFloat16);
        at::Tensor y = at::full({rows, 13}, 7).to(at::kBFloat16);
        kernels::packed_product(
            kernels::packed_rows(halves(x), rows, depth, bits),
            {weight.codes.const_data_ptr<uint8_t>(), halves(weight.scales), bits}, halves(bias), 2,
            13, mutable_halves(y), 13);
        const at::Tensor expected =
            at::linear(x.to(at::kFloat), dense_values(weight), bias.to(at::kFloat));
        const at::Tensor error = (y.to(at::kFloat) - expected).abs().narrow(1, 2, 11);
        EXPECT_TRUE((error <= expected.abs().narrow(1, 2, 11) / 256 + 1e-3).all().item<bool>())
            << bits << " bits, " << rows << " rows of " << depth;
        EXPECT_TRUE((y.narrow(1, 0, 2) == 7).all().item<bool>()) << "outputs not asked for";
      }
    }
  }
}

TEST(PackedProduct, ARowIsTheSameAloneAndAmongOthers) {
  if (!kernels::has_bf16_dot()) GTEST_SKIP() << "this CPU has no product of bfloat16";
  const PackedWeight weight = random_packed(5, 160, 4, "w");
  const kernels::PackedCodes codes{weight.codes.const_data_ptr<uint8_t>(), halves(weight.scales),
                                   4};
  const at::Tensor x = random_tensor({3, 160}, "x").to(at::kBFloat16);
  at::Tensor all = at::empty({3, 5}, at::kBFloat16), one = at::empty({1, 5}, at::kBFloat16);
  kernels::packed_product(kernels::packed_rows(halves(x), 3, 160, 4), codes, nullptr, 0, 5,
                          mutable_halves(all), 5);
  kernels::packed_product(kernels::packed_rows(halves(x[1]), 1, 160, 4), codes, nullptr, 0, 5,
                          mutable_halves(one), 5);
  EXPECT_TRUE(at::equal(all.narrow(0, 1, 1), one));
}

TEST(UnpackBf16, HasTheBitsOfEveryLoop) {
  for (const int64_t bits : {4, 8}) {
    const PackedWeight weight = random_packed(1, 1024, bits, "w");
    const auto* codes = weight.codes.const_data_ptr<uint8_t>();
    const at::Tensor expected = dense_values(weight).to(at::kBFloat16);
    at::Tensor got = at::empty({1, 1024}, at::kBFloat16);
    for (int i = 0; i < kernels::num_loops(); ++i) {
      const auto& loops = kernels::inference_loops(i);
      const auto row = bits == 4 ? loops.unpack_nibbles_bf16 : loops.unpack_bytes_bf16;
      row(codes, halves(weight.scales), 32, mutable_halves(got));
      EXPECT_TRUE(at::equal(got, expected)) << "loops " << i;
    }
    if (!kernels::has_bf16_dot()) continue;
    kernels::unpack_bf16(codes, halves(weight.scales), 32, bits, mutable_halves(got));
    EXPECT_TRUE(at::equal(got, expected)) << bits << " bits";
  }
}

}  // namespace
}  // namespace plumbline::nn
