#include "plumbline/tensor/host.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace plumbline::tensor {
namespace {

TEST(ToTensor, KeepsValuesAndPicksTheType) {
  const at::Tensor ids = to_tensor(std::vector<int64_t>{4, -1, int64_t{1} << 40}, at::kCPU);
  EXPECT_EQ(ids.scalar_type(), at::kLong);
  EXPECT_EQ(ids[2].item<int64_t>(), int64_t{1} << 40);
  const at::Tensor floats = to_tensor(std::vector<float>{0.5F, -2}, at::kCPU);
  EXPECT_EQ(floats.scalar_type(), at::kFloat);
  EXPECT_EQ(floats[1].item<float>(), -2);
  const at::Tensor doubles = to_tensor(std::vector<double>{0.1}, at::kCPU);
  EXPECT_EQ(doubles.scalar_type(), at::kFloat);
  EXPECT_EQ(doubles[0].item<float>(), 0.1F);
  EXPECT_EQ(to_tensor(std::vector<int64_t>{}, at::kCPU).size(0), 0);
}

TEST(ToTensor, OwnsItsCopy) {
  std::vector<float> values = {1, 2};
  const at::Tensor tensor = to_tensor(values, at::kCPU);
  values[0] = 9;
  EXPECT_EQ(tensor[0].item<float>(), 1);
}

}  // namespace
}  // namespace plumbline::tensor
