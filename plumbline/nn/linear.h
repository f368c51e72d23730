// A linear layer that carries any number of named low-rank adapters.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/nn/packed_weight.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::nn {

// One adapter's part in one layer. `a` and `b` are fp32 leaves whatever the base weight's dtype.
struct LowRank {
  at::Tensor a;        // [rank, in]
  at::Tensor b;        // [out, rank]
  double scale = 1;    // multiplies b a
  double dropout = 0;  // of the adapter's input
  // [out], with DoRA (Liu et al. 2024, arXiv 2402.09353): the rows of W + scale B A are brought to
  // these lengths. Undefined without.
  at::Tensor magnitude = {};
};

// Which adapter the layers of a model use now. One object per model, owned by it.
struct AdapterSelection {
  std::string active = {};  // "" is the plain base
  // Present while training: one key for each sequence of the batch, whose dropout masks are drawn
  // from it. So a sequence's masks do not depend on what else is in the batch. Empty: no dropout.
  std::vector<RandomKey> dropout_keys = {};
  tensor::Spans spans = {};  // of the sequences over the rows, where there are keys
  uint64_t num_masks = 0;    // drawn so far in this pass: each layer gets its own
};

// y = x W^T + bias, plus scale * (dropout(x) A^T) B^T for the selected adapter where it has a part.
// With a magnitude m, x W^T of the dropped-out x and that sum are multiplied by f = m / |W + scale
// B A| (row lengths, held constant in the backward pass): y = x W^T + bias + (f - 1) dropout(x) W^T
// + f scale ..., as PEFT has it.
struct Linear {
  at::Tensor weight = {};                        // [out, in], or undefined where packed
  at::Tensor bias = {};                          // [out], or undefined
  PackedWeight packed = {};                      // in place of `weight`: frozen
  std::map<std::string, LowRank> adapters = {};  // by adapter name

  int64_t num_out() const { return packed.is_defined() ? packed.num_out() : weight.size(0); }
  int64_t num_in() const { return packed.is_defined() ? packed.num_in() : weight.size(1); }
  // The selected adapter's part, or null when it has none here.
  const LowRank* selected(const AdapterSelection& selection) const;
};

// x [..., in] of the weight's dtype (fp32 or bfloat16 where packed) -> [..., out], same dtype.
at::Tensor apply(const Linear& linear, const at::Tensor& x, AdapterSelection& selection);

// The same for layers that read the same input, in fewer and larger products. The results may
// be views of shared storage, with a row stride larger than their width.
std::vector<at::Tensor> apply_all(const std::vector<const Linear*>& linears, const at::Tensor& x,
                                  AdapterSelection& selection);

// [out]: the lengths of the weight's rows, in fp32, as products of rows of that dtype see it.
at::Tensor weight_row_lengths(const Linear& linear, at::ScalarType dtype);

// W + scale B A of the selected adapter, its rows brought to the magnitude where there is one; in
// fp32, then in W's dtype (bfloat16 where packed); W itself without an adapter. Differentiable in
// W, A, B and the magnitude. Leaves out dropout.
at::Tensor effective_weight(const Linear& linear, const AdapterSelection& selection);

}  // namespace plumbline::nn
