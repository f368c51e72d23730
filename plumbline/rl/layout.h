// The positions that PPO's arithmetic runs over: response tokens, or answers padded to one length.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

// P positions of S answers that have R response tokens and V values. No model ever sees a padded
// row: what stands at a padding position is told by the rules of padded_layout.
struct Layout {
  tensor::Spans answers;     // over positions [0, P)
  tensor::Spans value_rows;  // over values [0, V)
  at::Tensor tokens;         // [P] int64 on the CPU: the position's response token, R for padding
  at::Tensor values;         // [P] int64 on the CPU: the position's value
  int64_t num_tokens = 0;    // R

  // [P] of [R], zeros at padding. Differentiable.
  at::Tensor of_tokens(const at::Tensor& per_token) const;
  // [P] of [V]. Differentiable.
  at::Tensor of_values(const at::Tensor& per_value_row) const;
};

// A position and a value for each response token.
Layout answer_layout(const tensor::Spans& responses);

// As published, where every answer is padded to `length` tokens: log-probabilities (and so the KL)
// are 0 at padding. The value of a position is read before its token: that of the first padding
// position is read behind the answer's last token, a row more than the answer has tokens, and
// further padding takes the same one. Throws InternalError for longer answers.
// Source: the released Fact-RLHF trainer. Deliberate difference: that trainer reads the values of
// further padding from rows of padding tokens.
Layout padded_layout(const tensor::Spans& responses, int64_t length);

}  // namespace plumbline::rl
