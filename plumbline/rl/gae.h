// Generalised advantage estimation over ragged responses.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

struct Advantages {
  at::Tensor advantages;  // [R] float32
  at::Tensor returns;     // [R] float32, advantages + values: the value function's targets
};

// Returns advantages and value targets, one per response token. No gradient flows through them.
//   rewards        [R] float32, shaped reward received for emitting token t
//   values         [R] float32, value estimated before token t is emitted
//   responses      where each sequence starts and ends in [0, R); no value crosses a boundary
//   gamma, lambda  discount and GAE mixing, both in [0, 1]
// The value after a sequence's last token is 0. Computed in double on the CPU, returned on rewards'
// device. Throws InternalError when shapes or spans disagree. Source: Schulman et al. 2015 (arXiv
// 1506.02438), eq. 16. Deliberate differences: none.
Advantages gae(const at::Tensor& rewards, const at::Tensor& values, const tensor::Spans& responses,
               double gamma, double lambda);

}  // namespace plumbline::rl
