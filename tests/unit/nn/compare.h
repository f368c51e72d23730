// Comparisons that the tests of nn share.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "plumbline/base/random.h"
#include "tests/support/compare.h"

namespace plumbline::nn {

constexpr double kFloatTolerance = 2e-5;
constexpr double kBfloat16Tolerance = 3e-2;

inline at::Tensor random_tensor(std::vector<int64_t> shape, const char* name) {
  at::Tensor result = at::empty(shape, at::dtype(at::kFloat));
  Random random(random_key(7, name));
  for (int64_t i = 0; i < result.numel(); ++i) {
    result.data_ptr<float>()[i] = static_cast<float>(random.normal());
  }
  return result;
}

inline ::testing::AssertionResult is_close(const at::Tensor& a, const at::Tensor& b,
                                           double tolerance = kFloatTolerance) {
  return support::is_close(a, b, tolerance);
}

using Function = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

// The result and then the gradient of each input, for a fixed random direction.
inline std::vector<at::Tensor> value_and_gradients(const Function& function,
                                                   const std::vector<at::Tensor>& inputs) {
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& input : inputs) {
    leaves.push_back(input.detach().clone().requires_grad_(true));
  }
  const at::Tensor value = function(leaves);
  value.backward(random_tensor(value.sizes().vec(), "direction").to(value.scalar_type()));
  std::vector<at::Tensor> result = {value.detach()};
  for (const at::Tensor& leaf : leaves) result.push_back(leaf.grad());
  return result;
}

inline void expect_same(const Function& tested, const Function& reference,
                        const std::vector<at::Tensor>& inputs, double tolerance = kFloatTolerance) {
  const auto got = value_and_gradients(tested, inputs);
  const auto expected = value_and_gradients(reference, inputs);
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(is_close(got[i], expected[i], tolerance)) << "value or gradient " << i;
  }
}

// Computes f of bfloat16 inputs, and `exact` of the same numbers in fp32: the result and every
// gradient agree within one percent of their norm, and the result is the same bits without
// gradients.
inline void expect_same_in_halves(const Function& f, const Function& exact,
                                  const std::vector<at::Tensor>& inputs) {
  std::vector<at::Tensor> halves, wide;
  for (const at::Tensor& input : inputs) {
    halves.push_back(input.to(at::kBFloat16).detach().requires_grad_(true));
    wide.push_back(halves.back().detach().to(at::kFloat).requires_grad_(true));
  }
  const auto is_near = [](const at::Tensor& a, const at::Tensor& b) {
    const double difference = (a.to(at::kFloat) - b).norm().item<double>();
    return difference < 0.01 * b.norm().item<double>();
  };
  const at::Tensor y = f(halves), expected = exact(wide);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(is_near(y.detach(), expected.detach()));
  const at::Tensor dy = random_tensor(y.sizes().vec(), "dy");
  (y * dy.to(at::kBFloat16)).sum().backward();
  (expected * dy.to(at::kBFloat16).to(at::kFloat)).sum().backward();
  for (size_t i = 0; i < halves.size(); ++i) {
    EXPECT_TRUE(is_near(halves[i].grad(), wide[i].grad())) << "gradient " << i;
  }
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(at::equal(f(halves), y));
}

}  // namespace plumbline::nn
