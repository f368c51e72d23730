// Comparison of tensors.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::support {

// |a - b| <= tolerance * (1 + |b|) everywhere, and nothing is NaN.
inline ::testing::AssertionResult is_close(const at::Tensor& a, const at::Tensor& b,
                                           double tolerance) {
  if (a.sizes() != b.sizes()) return ::testing::AssertionFailure() << "shapes differ";
  if (a.numel() == 0) return ::testing::AssertionSuccess();
  const at::Tensor wide = b.to(at::kDouble);
  const double worst = ((a.to(at::kDouble) - wide).abs() / (wide.abs() + 1)).max().item<double>();
  if (worst <= tolerance) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "largest difference " << worst;
}

// The larger of two differences; NaN is larger than all.
inline double larger(double a, double b) { return std::isnan(a) || a >= b ? a : b; }

}  // namespace plumbline::support
