// From host vectors to tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace plumbline::tensor {

// A copy of the values on `device`: [n] int64, or [n] float32.
at::Tensor to_tensor(const std::vector<int64_t>& values, at::Device device);
at::Tensor to_tensor(const std::vector<float>& values, at::Device device);
at::Tensor to_tensor(const std::vector<double>& values, at::Device device);

}  // namespace plumbline::tensor
