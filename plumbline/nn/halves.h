// What the bfloat16 loops take. Internal to nn.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/nn/kernels.h"

namespace plumbline::nn {

// bfloat16 on CPU.
bool are_halves(const at::Tensor& x);

// The same while no gradients are asked for.
bool are_plain_halves(const at::Tensor& x);

inline const kernels::Half* halves(const at::Tensor& x) {
  return static_cast<const kernels::Half*>(x.const_data_ptr());
}
inline kernels::Half* mutable_halves(const at::Tensor& x) {
  return static_cast<kernels::Half*>(x.mutable_data_ptr());
}

}  // namespace plumbline::nn
