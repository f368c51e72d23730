#include "plumbline/nn/rotary.h"

#include "compare.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

using tensor::Spans;

TEST(RotaryTable, HoldsTheAngles) {
  const RotaryTable table = rotary_table(5, 4, 100.0, at::kCPU);
  EXPECT_EQ(table.cos_PK2.sizes(), (std::vector<int64_t>{5, 2}));
  EXPECT_FLOAT_EQ(table.cos_PK2[3][0].item<float>(), std::cos(3.0F));
  EXPECT_FLOAT_EQ(table.sin_PK2[3][1].item<float>(), std::sin(0.3F));  // 100^(-2/4) = 0.1
}

TEST(RowPositions, CountPerSequenceFromItsStart) {
  const Spans spans = Spans::from_lengths({3, 0, 2});
  EXPECT_TRUE(
      at::equal(row_positions(spans, {}, at::kCPU), at::tensor({0, 1, 2, 0, 1}, at::kLong)));
  EXPECT_TRUE(
      at::equal(row_positions(spans, {4, 9, 1}, at::kCPU), at::tensor({4, 5, 6, 1, 2}, at::kLong)));
  EXPECT_THROW(row_positions(spans, {1}, at::kCPU), InternalError);
}

TEST(Rotate, TurnsPairsHalfAHeadApart) {
  const RotaryTable table = rotary_table(4, 2, 10000, at::kCPU);
  const at::Tensor x = at::tensor({1.0F, 0.0F}).view({1, 1, 2});
  const at::Tensor y = rotate(x, table, at::tensor({2}, at::kLong));
  EXPECT_FLOAT_EQ(y[0][0][0].item<float>(), std::cos(2.0F));
  EXPECT_FLOAT_EQ(y[0][0][1].item<float>(), std::sin(2.0F));
}

TEST(Rotate, FusedEqualsComposite) {
  const RotaryTable table = rotary_table(40, 32, 10000, at::kCPU);
  const at::Tensor positions = row_positions(Spans::from_lengths({40, 7, 30}), {}, at::kCPU);
  expect_same([&](const auto& in) { return rotate(in[0], table, positions); },
              [&](const auto& in) { return rotate_composite(in[0], table, positions); },
              {random_tensor({77, 4, 32}, "x")});
  const auto strided = [](const at::Tensor& x) { return x.narrow(1, 8, 8).view({77, 2, 4}); };
  const RotaryTable narrow = rotary_table(40, 4, 10000, at::kCPU);
  expect_same([&](const auto& in) { return rotate(strided(in[0]), narrow, positions); },
              [&](const auto& in) { return rotate_composite(strided(in[0]), narrow, positions); },
              {random_tensor({77, 24}, "x")});
}

TEST(Rotate, Bfloat16TrainsAsFp32Does) {
  const RotaryTable table = rotary_table(40, 32, 10000, at::kCPU);
  const at::Tensor positions = row_positions(Spans::from_lengths({40, 7, 30}), {}, at::kCPU);
  expect_same_in_halves([&](const auto& in) { return rotate(in[0], table, positions); },
                        [&](const auto& in) { return rotate_composite(in[0], table, positions); },
                        {random_tensor({77, 4, 32}, "x")});
}

TEST(Rotate, ScoresDependOnDistanceOnly) {
  const RotaryTable table = rotary_table(64, 16, 10000, at::kCPU);
  const at::Tensor q = random_tensor({1, 1, 16}, "q"), k = random_tensor({1, 1, 16}, "k");
  const auto score = [&](int64_t at_q, int64_t at_k) {
    return (rotate(q, table, at::tensor({at_q}, at::kLong)) *
            rotate(k, table, at::tensor({at_k}, at::kLong)))
        .sum()
        .item<double>();
  };
  EXPECT_NEAR(score(9, 4), score(50, 45), 1e-4);
  EXPECT_GT(std::abs(score(9, 4) - score(9, 5)), 1e-3);
}

}  // namespace
}  // namespace plumbline::nn
