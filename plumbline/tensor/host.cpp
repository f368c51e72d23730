#include "plumbline/tensor/host.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace plumbline::tensor {
namespace {

template <class Stored, class T>
at::Tensor copied(const std::vector<T>& values, at::ScalarType type, at::Device device) {
  at::Tensor result = at::empty({static_cast<int64_t>(values.size())}, at::dtype(type));
  std::transform(values.begin(), values.end(), result.data_ptr<Stored>(),
                 [](T value) { return static_cast<Stored>(value); });
  return result.to(device);
}

}  // namespace

at::Tensor to_tensor(const std::vector<int64_t>& values, at::Device device) {
  return copied<int64_t>(values, at::kLong, device);
}

at::Tensor to_tensor(const std::vector<float>& values, at::Device device) {
  return copied<float>(values, at::kFloat, device);
}

at::Tensor to_tensor(const std::vector<double>& values, at::Device device) {
  return copied<float>(values, at::kFloat, device);
}

}  // namespace plumbline::tensor
