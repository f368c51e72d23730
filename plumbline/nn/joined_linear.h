// Several linear layers of one input as one step of autograd, in few and large products.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/nn/linear.h"

namespace plumbline::nn {

// rows [N, in] -> [N, out] of each layer with the selected adapter's part, magnitudes aside, side
// by side in one tensor's memory. `mask` [N, in] is the dropout of the adapters' input, times 1 /
// (1 - p); undefined for none. What is kept for the backward pass are the rows and the layers' own
// tensors: packed weights stay packed.
std::vector<at::Tensor> joined_linear(const std::vector<const Linear*>& linears,
                                      const at::Tensor& rows, const at::Tensor& mask,
                                      const AdapterSelection& selection);

}  // namespace plumbline::nn
