// The gate of LLaMA's feed-forward layer.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::nn {

// gate * sigmoid(gate) * up, elementwise: [N, F] each, rows contiguous, any row stride -> [N, F]
// contiguous. Differentiable in both; on CPU in fp32 one fused pass each way.
// Source: Shazeer 2020 (arXiv 2002.05202).
at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up);

// The same from at:: operators: other devices and dtypes, and the fused kernel's reference.
at::Tensor swiglu_composite(const at::Tensor& gate, const at::Tensor& up);

}  // namespace plumbline::nn
