// Root-mean-square normalisation.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::nn {

// weight * x / sqrt(mean(x^2) + eps) over the last dimension; same shape and dtype as x.
//   x       [..., D]
//   weight  [D], of x's dtype
// Statistics are fp32; the normalised value is rounded to x's dtype before the weight multiplies
// it. Differentiable in both. On CPU in fp32 one fused pass forward and one backward. Source: Zhang
// and Sennrich 2019 (arXiv 1910.07467); rounding order of Hugging Face's LlamaRMSNorm.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);

// The same from at:: operators: what other devices and dtypes use, and the fused kernel's
// reference.
at::Tensor rms_norm_composite(const at::Tensor& x, const at::Tensor& weight, double eps);

}  // namespace plumbline::nn
