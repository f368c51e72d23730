// Loops behind the fused operators: pointers in, pointers out, no torch, no threads.
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

// The gradients of one head.
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

  // The gradient of a row of `size` logits z whose log-softmax at temperature 1 / scale has the log
  // of its sum `lse`, through the log-probability of a target (`g`; its own term is left to the
  // caller) and through the entropy (`g_entropy`, with the entropy itself). dz may be z.
  void (*softmax_backward)(const float* z, int64_t size, float scale, float lse, float g,
                           float g_entropy, float entropy, float* dz);

  // Between bfloat16 and fp32; rounded to nearest, ties to even.
  void (*widen)(const uint16_t* x, int64_t size, float* y);
  void (*narrow)(const float* x, int64_t size, uint16_t* y);

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

// Bits of a bfloat16.
using Half = uint16_t;

// Loops without gradients: for answering. Sums are in fp32; results are rounded to nearest, ties to
// even. Sizes of bfloat16 rows are multiples of 16.
struct InferenceLoops {
  // y[r, n] = bias[n] + sum over d of x[r, d] w[n, d], for n in [begin, end) and 1 to kFewRows
  // rows; bias may be null. x is fp32, for bfloat16 weights as `halves_apart` lays it out.
  void (*product)(const float* x, int64_t rows, const float* w, const float* bias, int64_t depth,
                  int64_t begin, int64_t end, float* y, int64_t y_stride);
  void (*product_bf16)(const float* x, int64_t rows, const Half* w, const Half* bias, int64_t depth,
                       int64_t begin, int64_t end, Half* y, int64_t y_stride);
  // Of every 16 numbers first those at even places, then those at odd ones, as fp32.
  void (*halves_apart)(const Half* x, int64_t size, float* y);

  // A row of packed codes (packed_weight.h) as numbers. `scales` are fp16: `blocks` scales, then as
  // many minima.
  void (*unpack_nibbles)(const uint8_t* codes, const Half* scales, int64_t blocks, float* y);
  void (*unpack_bytes)(const uint8_t* codes, const Half* scales, int64_t blocks, float* y);
  void (*unpack_nibbles_bf16)(const uint8_t* codes, const Half* scales, int64_t blocks, Half* y);
  void (*unpack_bytes_bf16)(const uint8_t* codes, const Half* scales, int64_t blocks, Half* y);

  // As transformers computes them in bfloat16: the normalised row and the gate are rounded before
  // they are multiplied. Strides count numbers.
  void (*rms_norm_bf16)(const Half* x, const Half* weight, double eps, int64_t rows, int64_t size,
                        Half* y);
  void (*swiglu_bf16)(const Half* gate, int64_t gate_stride, const Half* up, int64_t up_stride,
                      int64_t rows, int64_t size, Half* y);
  // Rotates `heads` heads of width 2 * half of one row, half a multiple of 8; sums in fp32.
  void (*rotate_row_bf16)(const Half* x, const float* cos, const float* sin, int64_t heads,
                          int64_t half, Half* y);
  // One query over num_keys keys, both dense: k, v [num_keys, head_dim]; scratch of
  // num_keys + 7 + 2 * head_dim floats.
  void (*attention_one_query_bf16)(const Half* q, const Half* k, const Half* v, int64_t num_keys,
                                   int64_t head_dim, Half* out, float* scratch);

  // See softmax_weights.h.
  double (*softmax_weights)(const float* x, int64_t size, float largest, float scale,
                            float* weights);
  float (*largest)(const float* x, int64_t size);
};

constexpr int64_t kFewRows = 4;

const Loops& loops();
const InferenceLoops& inference_loops();

// Every set that this CPU runs, the plainest first.
int num_loops();
const Loops& loops(int index);
const InferenceLoops& inference_loops(int index);

}  // namespace plumbline::nn::kernels
