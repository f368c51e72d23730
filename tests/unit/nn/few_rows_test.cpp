#include "plumbline/nn/few_rows.h"

#include <ATen/core/grad_mode.h>

#include "compare.h"
#include "packed.h"

namespace plumbline::nn {
namespace {

WeightAndBias layer(int64_t out, int64_t in, at::ScalarType dtype, const char* name,
                    bool has_bias = true) {
  return {.weight = random_tensor({out, in}, name).to(dtype),
          .bias = has_bias ? random_tensor({out}, "bias").to(dtype) : at::Tensor()};
}

// In fp32 arithmetic whatever the layer's dtype.
at::Tensor reference(const at::Tensor& x, const WeightAndBias& layer) {
  return at::linear(x.to(at::kFloat), layer.weight.to(at::kFloat),
                    layer.bias.defined() ? layer.bias.to(at::kFloat) : at::Tensor());
}

TEST(FewRows, EqualsLinearForEveryShape) {
  const at::NoGradGuard no_grad;
  for (const int64_t rows : {1, 2, 3, 4, 5}) {
    for (const int64_t in : {16, 48, 21, 608}) {
      const at::Tensor x = random_tensor({rows, in}, "x");
      const auto a = layer(130, in, at::kFloat, "a"), b = layer(7, in, at::kFloat, "b", false);
      EXPECT_EQ(are_few_rows(x, {a, b}), rows <= 4);
      const auto results = products(x, {a, b});
      EXPECT_TRUE(is_close(results[0], reference(x, a), 1e-4)) << rows << " rows of " << in;
      EXPECT_TRUE(is_close(results[1], reference(x, b), 1e-4)) << rows << " rows of " << in;
    }
  }
}

// With tiles beyond four rows, where the processor has them.
TEST(FewRows, Bfloat16IsSummedInFp32AndRoundedOnce) {
  const at::NoGradGuard no_grad;
  for (const int64_t rows : {1, 2, 3, 4, 5, 16, 40}) {
    const at::Tensor x = random_tensor({rows, 96}, "x").to(at::kBFloat16);
    const auto a = layer(67, 96, at::kBFloat16, "a"), b = layer(64, 96, at::kBFloat16, "b", false);
    if (rows <= 4) {
      ASSERT_TRUE(are_few_rows(x, {a, b}));
    }
    const auto results = products(x, {a, b});
    for (const auto& [result, expected] :
         {std::pair(results[0], reference(x, a)), std::pair(results[1], reference(x, b))}) {
      ASSERT_EQ(result.scalar_type(), at::kBFloat16);
      // Half of the distance to the next bfloat16, and the order of the sum.
      const at::Tensor error = (result.to(at::kFloat) - expected).abs();
      EXPECT_TRUE((error <= expected.abs() / 256 + 1e-5).all().item<bool>());
    }
  }
  const at::Tensor odd = random_tensor({1, 24}, "x").to(at::kBFloat16);
  EXPECT_FALSE(are_few_rows(odd, {layer(3, 24, at::kBFloat16, "a")}));
}

// Up to four rows a row's numbers do not depend on its neighbours.
TEST(FewRows, ARowIsTheSameAloneAndAmongOthers) {
  const at::NoGradGuard no_grad;
  for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
    const at::Tensor x = random_tensor({4, 64}, "x").to(dtype);
    ASSERT_TRUE(are_few_rows(x, {layer(33, 64, dtype, "a")}));
    const auto a = layer(33, 64, dtype, "a");
    const at::Tensor all = products(x, {a})[0];
    for (int64_t r = 0; r < 4; ++r) {
      EXPECT_TRUE(at::equal(products(x.narrow(0, r, 1), {a})[0], all.narrow(0, r, 1)));
    }
  }
}

TEST(FewRows, GradientsGoTheOtherWay) {
  const auto a = layer(5, 16, at::kFloat, "a");
  const at::Tensor x = random_tensor({1, 16}, "x").requires_grad_(true);
  EXPECT_FALSE(are_few_rows(x, {a}));
  products(x, {a})[0].sum().backward();
  EXPECT_TRUE(is_close(x.grad()[0], a.weight.sum(0)));
}

// By codes for a few rows, unpacked by blocks for some, whole for many.
TEST(FewRows, PackedLayersAreTheirUnpackedOnes) {
  const at::NoGradGuard no_grad;
  for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
    for (const int64_t rows : {1, 3, 4, 5, 16, 40, 300}) {
      const at::Tensor x = random_tensor({rows, 96}, "x").to(dtype);
      const at::Tensor bias = random_tensor({130}, "bias").to(dtype);
      const WeightAndBias four{.bias = bias, .packed = random_packed(130, 96, 4, "four")};
      const WeightAndBias eight{.packed = random_packed(70, 96, 8, "eight")};
      const auto results = products(x, {four, eight});
      ASSERT_EQ(results[0].scalar_type(), dtype);
      const double tolerance = dtype == at::kFloat ? 1e-4 : 5e-2;
      for (const auto& [result, layer] : {std::pair(results[0], four), {results[1], eight}}) {
        const at::Tensor expected =
            reference(x, {.weight = dense_values(layer.packed), .bias = layer.bias});
        EXPECT_TRUE(is_close(result, expected, tolerance)) << rows << " rows, " << dtype;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::nn
