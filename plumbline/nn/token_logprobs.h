// Log-probabilities of tokens from hidden states, without ever holding all logits.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::nn {

struct TokenLogprobs {
  at::Tensor logprobs;  // [R] float32, of the target tokens
  at::Tensor entropy;   // [R] float32, of the whole distribution, in nats
};

// Softmax of (hidden weight^T) / temperature, read at `targets`.
//   hidden       [R, D]
//   weight       [V, D], of hidden's dtype
//   targets      [R] int64
//   temperature  > 0; the one the answer was sampled with
//   chunk        rows whose logits exist at a time; 0: logprob_chunk(V)
// Logits are computed in the inputs' dtype, as decoding does, and everything after them in fp32.
// Differentiable in hidden and weight, through both results. Where only log-probabilities have
// gradients (and the same one for all rows, if the head trains) these are formed with the logits;
// else the backward pass computes each chunk's logits again. Throws InternalError on shapes.
TokenLogprobs token_logprobs(const at::Tensor& hidden, const at::Tensor& weight,
                             const at::Tensor& targets, double temperature = 1, int64_t chunk = 0);

// So many rows that their fp32 logits take about 32 MiB; from 64 to 2048.
int64_t logprob_chunk(int64_t vocab_size);

}  // namespace plumbline::nn
