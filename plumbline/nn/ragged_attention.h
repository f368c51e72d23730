// Attention within each sequence of a ragged batch.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/tensor/prefixes.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::nn {

// Causal softmax(q k^T / sqrt(K)) v within each sequence; nothing crosses a boundary.
//   q_NHK         [N, H, K]
//   k_NGK, v_NGK  [N, G, K], G divides H: query head h reads key head h / (H / G)
//   spans         the sequences; spans.total() == N
//   window        newest keys that a query sees, its own among them; 0: all
//   prefixes      sequences whose rows come before those of others, which see their keys, too
// Result [N, H, K], contiguous, q's dtype. Heads of a row must be contiguous, rows may be strided.
// Differentiable in q, k and v. On CPU in fp32 an own kernel with recomputation in the backward
// pass; elsewhere, and where a sequence is longer than the window, at::scaled_dot_product_attention
// per sequence.
// Throws InternalError when shapes disagree. Source: Vaswani et al. 2017 (arXiv 1706.03762), eq. 1;
// grouped heads: Ainslie et al. 2023 (arXiv 2305.13245).
at::Tensor ragged_attention(const at::Tensor& q_NHK, const at::Tensor& k_NGK,
                            const at::Tensor& v_NGK, const tensor::Spans& spans, int64_t window = 0,
                            const tensor::Prefixes& prefixes = {});

// The same from at:: operators, one call per sequence.
at::Tensor ragged_attention_composite(const at::Tensor& q_NHK, const at::Tensor& k_NGK,
                                      const at::Tensor& v_NGK, const tensor::Spans& spans,
                                      int64_t window = 0, const tensor::Prefixes& prefixes = {});

}  // namespace plumbline::nn
