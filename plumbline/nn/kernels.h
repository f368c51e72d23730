// Float loops behind the fused operators: pointers in, pointers out, no torch, no threads.
//
// Callers split the work over threads; each function does one piece. Strides count floats. The
// loops are compiled for several instruction sets, and loops() is the best that this CPU runs.
// Internal to nn.
#pragma once

#include <cstdint>

namespace plumbline::nn::kernels {

// How many pieces of work a thread should at least get, for pieces of `cost` floating point
// operations: a parallel region that does less costs more than it saves.
inline int64_t grain(int64_t cost) {
  constexpr int64_t kWorthwhile = 1 << 16;
  return 1 + kWorthwhile / (cost + 1);
}

// Causal attention of one query head over one key head: query row t sees num_past + t + 1 keys.
struct AttentionHead {
  const float *q, *k, *v;                // first element of this head in the first row
  int64_t q_stride, k_stride, v_stride;  // between rows
  int64_t num_queries, num_past;
  int64_t head_dim;  // a multiple of 16
};

// The gradients of one head, whose num_past must be 0.
struct AttentionGradients {
  const float *out, *dout;  // forward's result and its gradient, row stride out_stride
  int64_t out_stride;
  const float* logsumexp;  // forward's, with its stride
  int64_t lse_stride;
  float* dq;
  int64_t dq_stride;
  float *dk, *dv;  // added to
  int64_t dkv_stride;
};

inline bool attention_supports(int64_t head_dim) { return head_dim > 0 && head_dim % 16 == 0; }
// The backward pass holds the probabilities of this many queries at a time.
constexpr int64_t kQueryBlock = 64;
constexpr int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }
// Floats of scratch that the attention loops need.
constexpr int64_t attention_scratch(int64_t num_keys, int64_t head_dim) {
  return round_up(num_keys, 16) * 2 * (head_dim + kQueryBlock);
}

struct Loops {
  // Root-mean-square norm of `rows` rows of width `size`.
  //   x, y [rows, size]; scale [rows] receives 1 / sqrt(mean(x^2) + eps)
  void (*rms_norm_forward)(const float* x, const float* weight, double eps, int64_t rows,
                           int64_t size, float* y, float* scale);
  // dx [rows, size]; dweight [size] is added to, or null.
  void (*rms_norm_backward)(const float* dy, const float* x, const float* weight,
                            const float* scale, int64_t rows, int64_t size, float* dx,
                            float* dweight);

  // y = gate * sigmoid(gate) * up for `rows` rows of width `size`; y is contiguous.
  void (*swiglu_forward)(const float* gate, int64_t gate_stride, const float* up, int64_t up_stride,
                         int64_t rows, int64_t size, float* y);
  // dgate and dup have row stride `grad_stride`.
  void (*swiglu_backward)(const float* dy, const float* gate, int64_t gate_stride, const float* up,
                          int64_t up_stride, int64_t rows, int64_t size, float* dgate, float* dup,
                          int64_t grad_stride);

  // Rotates `heads` heads of width 2 * half of one row; sign -1 rotates back.
  void (*rotate_row)(const float* x, const float* cos, const float* sin, float sign, int64_t heads,
                     int64_t half, float* y);

  // out (row stride out_stride); logsumexp (stride lse_stride) of the scaled scores, or null.
  void (*attention_forward)(const AttentionHead& head, float* out, int64_t out_stride,
                            float* logsumexp, int64_t lse_stride, float* scratch);
  void (*attention_backward)(const AttentionHead& head, const AttentionGradients& gradients,
                             float* scratch);
  // One query over num_keys keys, both dense: k, v [num_keys, head_dim]; scratch [num_keys + 7].
  void (*attention_one_query)(const float* q, const float* k, const float* v, int64_t num_keys,
                              int64_t head_dim, float* out, float* scratch);
};

const Loops& loops();

// Every set that this CPU runs, the plainest first.
int num_loops();
const Loops& loops(int index);

}  // namespace plumbline::nn::kernels
