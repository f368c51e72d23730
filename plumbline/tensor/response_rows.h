// Where the log-probabilities of responses stand in a ragged batch.
#pragma once

#include <ATen/core/Tensor.h>

#include "plumbline/tensor/spans.h"

namespace plumbline::tensor {

// Rows of the hidden states that predict each response token, [R] int64 on the CPU.
//   sequences  [S] spans of prompt and response together, over the N rows of the batch
//   responses  [S] spans over the R response tokens; each response is the tail of its sequence
// Row result[r] is the one *before* response token r: logits there give its log-probability, and
// the value there is the one estimated before it is emitted. The token itself is at row result[r]
// + 1. Throws InternalError when the two disagree in number or a response is not shorter than its
// sequence.
at::Tensor rows_before_responses(const Spans& sequences, const Spans& responses);

// The rows that values are read from, [V]: those, and where `values` has one more for a sequence
// than its response has tokens, the row of the last token, which has seen all of it.
at::Tensor rows_of_values(const Spans& sequences, const Spans& responses, const Spans& values);

}  // namespace plumbline::tensor
