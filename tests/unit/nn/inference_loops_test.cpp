// The loops behind answering, each against at:: operators and in every set of instructions.
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "compare.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/rms_norm.h"
#include "plumbline/nn/rotary.h"
#include "plumbline/nn/swiglu.h"

namespace plumbline::nn {
namespace {

using kernels::Half;
using kernels::InferenceLoops;

at::Tensor random_halves(std::vector<int64_t> shape, const char* name) {
  return random_tensor(std::move(shape), name).to(at::kBFloat16);
}

const Half* halves(const at::Tensor& x) { return static_cast<const Half*>(x.const_data_ptr()); }
Half* halves(at::Tensor& x) { return static_cast<Half*>(x.mutable_data_ptr()); }

// At most one step of bfloat16 apart: the last rounding may fall either way.
::testing::AssertionResult is_a_step_away(const at::Tensor& got, const at::Tensor& expected) {
  const at::Tensor a = got.to(at::kFloat), b = expected.to(at::kFloat);
  const at::Tensor far = (a - b).abs() > b.abs() / 128 + 1e-6;
  if (!far.any().item<bool>()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << far.sum().item<int64_t>() << " of " << far.numel();
}

void for_every_set(const std::function<void(const InferenceLoops&)>& test) {
  for (int i = 0; i < kernels::num_loops(); ++i) test(kernels::inference_loops(i));
}

TEST(InferenceLoops, ComparisonSeesTwoSteps) {
  const at::Tensor x = at::ones({1}).to(at::kBFloat16);
  EXPECT_TRUE(is_a_step_away(x * 1.0078125, x));
  EXPECT_FALSE(is_a_step_away(x * 1.015625, x));
}

TEST(InferenceLoops, RoundingIsTorchs) {
  // Ties of both kinds, numbers that round up to the next power of two, extremes, NaN.
  at::Tensor wide = at::empty({4096}, at::kFloat);
  for (int64_t i = 0; i < 4096; ++i) {
    const auto bits =
        static_cast<uint32_t>(i * 1048573) * 4U + static_cast<uint32_t>(i % 3) * 0x8000U;
    wide.data_ptr<float>()[i] = std::bit_cast<float>(bits);
  }
  const at::Tensor narrow = wide.to(at::kBFloat16), one = at::ones({16}).to(at::kBFloat16);
  for_every_set([&](const InferenceLoops& loops) {
    at::Tensor got = at::empty({4096}, at::kBFloat16);
    // A product with one output column of one weight: y = x * 1 rounded.
    for (int64_t i = 0; i < 4096; ++i) {
      const float zeros_behind[16] = {wide.data_ptr<float>()[i]};
      loops.product_bf16(zeros_behind, 1, halves(std::as_const(one)), nullptr, 16, 0, 1,
                         halves(got) + i, 1);
    }
    const at::Tensor same = (got == narrow) | (at::isnan(got) & at::isnan(narrow));
    EXPECT_TRUE(same.all().item<bool>());
  });
}

TEST(InferenceLoops, ProductsEqualFp32) {
  constexpr int64_t kWidth = 71, kFirst = 2;
  for (const int64_t rows : {1, 2, 3, 4}) {
    for (const int64_t depth : {16, 48, 576}) {
      const at::Tensor x = random_halves({rows, depth}, "x"),
                       w = random_halves({kWidth, depth}, "w");
      const at::Tensor bias = random_halves({kWidth}, "bias");
      const at::Tensor x32 = x.to(at::kFloat), w32 = w.to(at::kFloat), b32 = bias.to(at::kFloat);
      for (const bool has_bias : {true, false}) {
        const at::Tensor expected = at::linear(x32, w32, has_bias ? b32 : at::Tensor());
        for_every_set([&](const InferenceLoops& loops) {
          at::Tensor apart = at::empty({rows, depth}), y = at::zeros({rows, kWidth}, at::kBFloat16);
          loops.halves_apart(halves(x), rows * depth, apart.data_ptr<float>());
          loops.product_bf16(apart.const_data_ptr<float>(), rows, halves(w),
                             has_bias ? halves(bias) : nullptr, depth, kFirst, kWidth, halves(y),
                             kWidth);
          at::Tensor y32 = at::zeros({rows, kWidth});
          loops.product(x32.const_data_ptr<float>(), rows, w32.const_data_ptr<float>(),
                        has_bias ? b32.const_data_ptr<float>() : nullptr, depth, kFirst, kWidth,
                        y32.data_ptr<float>(), kWidth);
          const at::Tensor error =
              (y.to(at::kFloat) - expected).abs().narrow(1, kFirst, kWidth - kFirst);
          const at::Tensor size = expected.abs().narrow(1, kFirst, kWidth - kFirst);
          EXPECT_TRUE((error <= size / 256 + 1e-4).all().item<bool>()) << rows << " of " << depth;
          EXPECT_TRUE(is_close(y32.narrow(1, kFirst, kWidth - kFirst),
                               expected.narrow(1, kFirst, kWidth - kFirst), 1e-4));
          EXPECT_EQ(y32.narrow(1, 0, kFirst).abs().sum().item<float>(), 0) << "not asked for";
        });
      }
    }
  }
}

TEST(InferenceLoops, RowsEqualTheComposites) {
  const at::Tensor x = random_halves({5, 48}, "x"), up = random_halves({5, 48}, "up");
  const at::Tensor weight = random_halves({48}, "w");
  const at::Tensor norm = rms_norm_composite(x, weight, 1e-5), gated = swiglu_composite(x, up);
  for_every_set([&](const InferenceLoops& loops) {
    at::Tensor y = at::empty_like(x);
    loops.rms_norm_bf16(halves(x), halves(weight), 1e-5, 5, 48, halves(y));
    EXPECT_TRUE(is_a_step_away(y, norm));
    loops.swiglu_bf16(halves(x), 48, halves(up), 48, 5, 48, halves(y));
    EXPECT_TRUE(is_a_step_away(y, gated));
  });
}

TEST(InferenceLoops, RotationEqualsTheComposite) {
  const at::Tensor x = random_halves({6, 3, 32}, "x");
  const RotaryTable table = rotary_table(40, 32, 10000, at::kCPU);
  const at::Tensor positions = at::tensor({0, 1, 5, 39, 7, 2}, at::kLong);
  const at::Tensor expected = rotate_composite(x, table, positions);
  for_every_set([&](const InferenceLoops& loops) {
    at::Tensor y = at::empty_like(x);
    for (int64_t n = 0; n < 6; ++n) {
      const int64_t at = positions[n].item<int64_t>() * 16;
      loops.rotate_row_bf16(halves(x) + n * 96, table.cos_PK2.const_data_ptr<float>() + at,
                            table.sin_PK2.const_data_ptr<float>() + at, 3, 16, halves(y) + n * 96);
    }
    EXPECT_TRUE(is_a_step_away(y, expected));
  });
}

TEST(InferenceLoops, AttentionEqualsFp32) {
  for (const int64_t num_keys : {1, 2, 7, 8, 33, 200}) {
    const at::Tensor q = random_halves({64}, "q"), k = random_halves({num_keys, 64}, "k");
    const at::Tensor v = random_halves({num_keys, 64}, "v");
    const at::Tensor scores = k.to(at::kFloat).mv(q.to(at::kFloat)) / 8;
    const at::Tensor expected = v.to(at::kFloat).t().mv(scores.softmax(0));
    for_every_set([&](const InferenceLoops& loops) {
      at::Tensor out = at::empty_like(q);
      std::vector<float> scratch(static_cast<size_t>(num_keys + 7 + 128), NAN);
      loops.attention_one_query_bf16(halves(q), halves(k), halves(v), num_keys, 64, halves(out),
                                     scratch.data());
      const at::Tensor error = (out.to(at::kFloat) - expected).abs();
      EXPECT_TRUE((error <= expected.abs() / 256 + 2e-5).all().item<bool>()) << num_keys;
    });
  }
}

// The public operators take the loops when no gradients are asked for, and agree with themselves.
TEST(InferenceLoops, OperatorsAgreeWithAndWithoutGradients) {
  const at::Tensor x = random_halves({5, 48}, "x"), up = random_halves({5, 48}, "up");
  const at::Tensor weight = random_halves({48}, "w"), heads = random_halves({5, 2, 32}, "h");
  const RotaryTable table = rotary_table(40, 32, 10000, at::kCPU);
  const at::Tensor positions = at::arange(5);
  const auto all = [&] {
    return std::vector<at::Tensor>{rms_norm(x, weight, 1e-5), swiglu(x, up),
                                   rotate(heads, table, positions)};
  };
  const auto with = all();
  const at::NoGradGuard no_grad;
  const auto without = all();
  for (size_t i = 0; i < with.size(); ++i) EXPECT_TRUE(is_a_step_away(without[i], with[i])) << i;
}

}  // namespace
}  // namespace plumbline::nn
