// Weights by name.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace plumbline::nn {

// Full Hugging Face name -> leaf tensor. The tensors share storage with the layer they came from:
// writing into one changes the model, and requires_grad_ on one trains it.
using Parameters = std::map<std::string, at::Tensor>;

inline int64_t num_bytes(const Parameters& parameters) {
  int64_t bytes = 0;
  for (const auto& [name, tensor] : parameters) bytes += static_cast<int64_t>(tensor.nbytes());
  return bytes;
}

}  // namespace plumbline::nn
