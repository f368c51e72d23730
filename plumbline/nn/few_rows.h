// Linear layers on the few rows of an answer that is being written: bound by reading the weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/nn/packed_weight.h"

namespace plumbline::nn {

struct WeightAndBias {
  at::Tensor weight = {};    // [out, in], or undefined where packed
  at::Tensor bias = {};      // [out], or undefined
  PackedWeight packed = {};  // in place of `weight`

  int64_t num_out() const { return packed.is_defined() ? packed.num_out() : weight.size(0); }
  int64_t num_in() const { return packed.is_defined() ? packed.num_in() : weight.size(1); }
};

// Whether `products` computes with own loops: 1 to 4 rows on CPU (more in bfloat16 where the
// processor multiplies that: see bf16_product.h and amx_product.h), fp32 or bfloat16 throughout,
// contiguous or packed weights, no gradients asked for.
bool are_few_rows(const at::Tensor& x, const std::vector<WeightAndBias>& layers);

// x W^T + bias of layers that read the same rows: [R, in] -> [R, out] each. By own loops where
// are_few_rows, which sum in fp32 and split every layer's rows over the threads, else by
// at::linear. Packed weights are exact with up to kFewRows rows of bfloat16 where the processor
// multiplies that, and rounded to x's dtype with more.
std::vector<at::Tensor> products(const at::Tensor& x, const std::vector<WeightAndBias>& layers);

}  // namespace plumbline::nn
