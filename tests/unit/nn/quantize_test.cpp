#include "plumbline/nn/quantize.h"

#include "compare.h"
#include "plumbline/base/error.h"
#include "plumbline/nn/few_rows.h"
#include "plumbline/nn/linear.h"

namespace plumbline::nn {
namespace {

// Bits themselves are compared with bitsandbytes in tests/golden/quantization_test.cpp.

TEST(Nf4, ABlockIsItsLargestMagnitudeTimesTheTable) {
  at::Tensor weight = at::zeros({1, 64});
  weight[0][0] = -2.0F;  // the scale is 2
  weight[0][1] = 2.0F;
  weight[0][2] = 2 * nf4_values()[9] + 0.01F;
  const PackedWeight packed = pack_nf4(weight);
  EXPECT_EQ(packed.form(), PackedForm::Nf4);
  EXPECT_EQ(packed.num_in(), 64);
  EXPECT_EQ(packed.bits(), 4);
  EXPECT_EQ(packed.codes[0][0].item<int>(), 0x0F);
  EXPECT_EQ(packed.codes[0][1].item<int>(), 0x97);
  const at::Tensor values = unpacked(packed, at::kFloat);
  EXPECT_NEAR(values[0][0].item<double>(), -2, 1e-6);
  EXPECT_NEAR(values[0][2].item<double>(), 2 * nf4_values()[9], 1e-6);
}

TEST(Nf4, RowsAreUnpackedAloneAsTogether) {
  for (const int64_t width : {64, 96, 130}) {  // blocks that end within rows, too
    const PackedWeight packed = pack_nf4(random_tensor({9, width}, "w"));
    const at::Tensor all = unpacked(packed, at::kFloat);
    at::Tensor part = at::empty({4, width});
    unpack_rows(packed, 3, 7, part.data_ptr<float>());
    EXPECT_TRUE(part.equal(all.narrow(0, 3, 4))) << width;
  }
}

TEST(Nf4, TakesAboutFourBitsAndAnEighth) {
  const PackedWeight packed = pack_nf4(random_tensor({512, 512}, "w"));
  EXPECT_NEAR(8.0 * static_cast<double>(packed.nbytes()) / (512 * 512), 4.127, 0.002);
}

TEST(Int8, ARowIsItsLargestMagnitudeIn127Steps) {
  const at::Tensor weight = at::tensor({1.27F, -0.635F, 0.004F, 0.006F, 0.0F, 0.0F}).view({3, 2});
  const PackedWeight packed = pack_int8(weight);
  EXPECT_EQ(packed.form(), PackedForm::Int8Rows);
  EXPECT_TRUE(packed.codes.view(at::kChar).equal(
      at::tensor({127, -64, 85, 127, 0, 0}).to(at::kChar).view({3, 2})));
  EXPECT_TRUE(is_close(unpacked(packed, at::kFloat).narrow(0, 2, 1), at::zeros({1, 2})));
  EXPECT_NEAR(unpacked(packed, at::kFloat)[0][1].item<double>(), -0.64, 1e-6);
}

TEST(Quantized, RefusesOddRows) {
  EXPECT_THROW(pack_nf4(random_tensor({4, 5}, "w")), InternalError);
}

// Layers compute with the unpacked values, forward and backward, for few rows and many.
TEST(Quantized, LayersUseTheUnpackedValues) {
  for (const auto pack : {pack_nf4, pack_int8}) {
    Linear layer{.packed = pack(random_tensor({64, 128}, "w"))};
    layer.adapters["tuned"] = {.a = random_tensor({4, 128}, "a").requires_grad_(true),
                               .b = random_tensor({64, 4}, "b").requires_grad_(true)};
    Linear dense{.weight = unpacked(layer.packed, at::kFloat), .adapters = layer.adapters};
    AdapterSelection selection{.active = "tuned"};
    at::Tensor x = random_tensor({5, 128}, "x").requires_grad_(true);
    const at::Tensor y = apply(layer, x, selection);
    EXPECT_TRUE(is_close(y, apply(dense, x, selection)));
    y.square().sum().backward();
    const at::Tensor dx = x.grad().clone();
    x.mutable_grad() = at::Tensor();
    apply(dense, x, selection).square().sum().backward();
    EXPECT_TRUE(is_close(dx, x.grad()));
    const at::NoGradGuard no_grad;
    for (const int64_t rows : {1, 3, 40}) {
      for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        const at::Tensor few = random_tensor({rows, 128}, "few").to(dtype);
        const at::Tensor expected = at::linear(few.to(at::kFloat), dense.weight);
        const at::Tensor got = products(few, {{.packed = layer.packed}})[0].to(at::kFloat);
        EXPECT_LT((got - expected).norm().item<double>(),
                  (dtype == at::kFloat ? 1e-5 : 0.02) * expected.norm().item<double>())
            << rows;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::nn
