// Rotary position embedding, rotate-half form.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/nn/rotary_frequencies.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::nn {

// Cosines and sines for positions [0, P): element [p, i] belongs to the angle
// p * theta^(-2 i / K), i < K / 2, computed in double and stored in fp32.
struct RotaryTable {
  at::Tensor cos_PK2;  // [P, K/2]
  at::Tensor sin_PK2;  // [P, K/2]
};

RotaryTable rotary_table(int64_t num_positions, int64_t head_dim, double theta, at::Device device);

// The same with any frequencies, multiplied by their attention factor, for positions [first, end):
// row 0 belongs to position `first`.
RotaryTable rotary_table(int64_t first, int64_t end, const RotaryFrequencies& frequencies,
                         at::Device device);

// Position of every row, [N] int64: 0, 1, ... per sequence, plus starts[s] when `starts` is not
// empty.
at::Tensor row_positions(const tensor::Spans& spans, const std::vector<int64_t>& starts,
                         at::Device device);

// Rotates each head of x_NHK by its row's position: out[i] = x[i] cos - x[i + K/2] sin and
// out[i + K/2] = x[i + K/2] cos + x[i] sin for i < K/2.
//   x_NHK      [N, H, K]; heads of a row contiguous, any row stride
//   positions  [N] int64, each below the table's length
// Result [N, H, K] contiguous, x's dtype, fp32 inside. Differentiable in x.
// Source: Su et al. 2021 (arXiv 2104.09864), in Hugging Face LLaMA's rotate-half arrangement.
at::Tensor rotate(const at::Tensor& x_NHK, const RotaryTable& table, const at::Tensor& positions);

// The same from at:: operators: other devices and dtypes, and the fused kernel's reference.
at::Tensor rotate_composite(const at::Tensor& x_NHK, const RotaryTable& table,
                            const at::Tensor& positions);

}  // namespace plumbline::nn
