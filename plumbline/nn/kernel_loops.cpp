#include "plumbline/nn/kernels.h"

#include <algorithm>
#include <cmath>

// This file is compiled once for each instruction set, each time with another PLUMBLINE_LOOPS.
#include "plumbline/nn/kernel_vectors.h"

namespace plumbline::nn::kernels::PLUMBLINE_LOOPS {
namespace {

constexpr int64_t kColumns = 16;  // of a tile: two vectors
constexpr int64_t kRows = 4;      // of a tile: with 16 columns its sums fill eight registers

// c (Rows x 16) = or += a b: a[r, d] at a[r * a_row + d * a_column], row d of b at b + d * b_row.
template <int Rows, bool Add>
PLUMBLINE_INLINE void tile(const float* a, int64_t a_row, int64_t a_column, const float* b,
                           int64_t b_row, int64_t depth, float* c, int64_t c_row) {
  Vec low[Rows], high[Rows];
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
    low[r] = Add ? load(c + r * c_row) : Vec{};
    high[r] = Add ? load(c + r * c_row + kLanes) : Vec{};
  }
  for (int64_t d = 0; d < depth; ++d) {
    const Vec b_low = load(b + d * b_row);
    const Vec b_high = load(b + d * b_row + kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const Vec x = splat(a[r * a_row + d * a_column]);
      low[r] += x * b_low;
      high[r] += x * b_high;
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
    store(c + r * c_row, low[r]);
    store(c + r * c_row + kLanes, high[r]);
  }
}

// The same for `rows` <= 4 and any `columns` that is a multiple of 16.
template <bool Add>
PLUMBLINE_INLINE void strip(const float* a, int64_t a_row, int64_t a_column, const float* b,
                            int64_t b_row, int64_t depth, int64_t rows, int64_t columns, float* c,
                            int64_t c_row) {
  for (int64_t n = 0; n < columns; n += kColumns) {
    if (rows == kRows) {
      tile<kRows, Add>(a, a_row, a_column, b + n, b_row, depth, c + n, c_row);
      continue;
    }
    for (int64_t r = 0; r < rows; ++r) {
      tile<1, Add>(a + r * a_row, 0, a_column, b + n, b_row, depth, c + r * c_row + n, c_row);
    }
  }
}

// to [size, padded] = the transpose of from [rows, size], zeros behind column `rows`.
PLUMBLINE_INLINE void transpose(const float* from, int64_t stride, int64_t rows, int64_t size,
                                int64_t padded, float* to) {
  int64_t j = 0;
  for (; j + kLanes <= rows; j += kLanes) {
    const float* x = from + j * stride;
    for (int64_t d = 0; d < size; ++d, ++x) {
      store(to + d * padded + j, Vec{x[0], x[stride], x[2 * stride], x[3 * stride], x[4 * stride],
                                     x[5 * stride], x[6 * stride], x[7 * stride]});
    }
  }
  for (int64_t d = 0; d < size; ++d) {
    for (int64_t r = j; r < rows; ++r) to[d * padded + r] = from[r * stride + d];
    std::fill(to + d * padded + rows, to + (d + 1) * padded, 0.0F);
  }
}

struct RowSum {
  float largest, total;
};

// Replaces the first `seen` scores by exp(scale * (score - largest)) and the rest by 0.
PLUMBLINE_INLINE RowSum exp_row(float* s, int64_t seen, int64_t padded, float scale) {
  std::fill(s + seen, s + padded, -1e30F);
  Vec most = load(s);
  for (int64_t j = kLanes; j < padded; j += kLanes) {
    const Vec x = load(s + j);
    most = x > most ? x : most;
  }
  float largest = most[0];
  for (int lane = 1; lane < kLanes; ++lane) largest = std::max(largest, most[lane]);
  largest *= scale;
  Vec total = {};
  for (int64_t j = 0; j < padded; j += kLanes) {
    const Vec e = exp(load(s + j) * splat(scale) - splat(largest));
    total += e;
    store(s + j, e);
  }
  std::fill(s + seen, s + padded, 0.0F);
  return {largest, sum(total)};
}

PLUMBLINE_INLINE Vec sigmoid(const Vec& x) { return splat(1.0F) / (splat(1.0F) + exp(-x)); }

PLUMBLINE_INLINE void swiglu_grad(const Vec& dy, const Vec& gate, const Vec& up, Vec& dgate,
                                  Vec& dup) {
  const Vec s = sigmoid(gate);
  dup = dy * gate * s;
  dgate = dy * up * s * (splat(1.0F) + gate * (splat(1.0F) - s));
}

void rms_norm_forward(const float* x, const float* weight, double eps, int64_t rows, int64_t size,
                      float* y, float* scale) {
  for (int64_t r = 0; r < rows; ++r, x += size, y += size) {
    const float mean = dot(x, x, size) / static_cast<float>(size);
    const float s = 1.0F / std::sqrt(mean + static_cast<float>(eps));
    scale[r] = s;
    for (int64_t i = 0; i < size; ++i) y[i] = weight[i] * (x[i] * s);
  }
}

void rms_norm_backward(const float* dy, const float* x, const float* weight, const float* scale,
                       int64_t rows, int64_t size, float* dx, float* dweight) {
  for (int64_t r = 0; r < rows; ++r, x += size, dy += size, dx += size) {
    const float s = scale[r];
    for (int64_t i = 0; i < size; ++i) dx[i] = dy[i] * weight[i];
    const float shared = dot(dx, x, size) * s * s * s / static_cast<float>(size);
    for (int64_t i = 0; i < size; ++i) dx[i] = dx[i] * s - x[i] * shared;
    if (dweight == nullptr) continue;
    for (int64_t i = 0; i < size; ++i) dweight[i] += dy[i] * x[i] * s;
  }
}

void swiglu_forward(const float* gate, int64_t gate_stride, const float* up, int64_t up_stride,
                    int64_t rows, int64_t size, float* y) {
  for (int64_t r = 0; r < rows; ++r, gate += gate_stride, up += up_stride, y += size) {
    int64_t i = 0;
    for (; i + kLanes <= size; i += kLanes) {
      const Vec g = load(gate + i);
      store(y + i, g * sigmoid(g) * load(up + i));
    }
    for (; i < size; ++i) y[i] = gate[i] / (1.0F + std::exp(-gate[i])) * up[i];
  }
}

void swiglu_backward(const float* dy, const float* gate, int64_t gate_stride, const float* up,
                     int64_t up_stride, int64_t rows, int64_t size, float* dgate, float* dup,
                     int64_t grad_stride) {
  for (int64_t r = 0; r < rows; ++r) {
    int64_t i = 0;
    for (; i + kLanes <= size; i += kLanes) {
      Vec dg, du;
      swiglu_grad(load(dy + i), load(gate + i), load(up + i), dg, du);
      store(dgate + i, dg);
      store(dup + i, du);
    }
    for (; i < size; ++i) {
      const float s = 1.0F / (1.0F + std::exp(-gate[i]));
      dup[i] = dy[i] * gate[i] * s;
      dgate[i] = dy[i] * up[i] * s * (1.0F + gate[i] * (1.0F - s));
    }
    gate += gate_stride, up += up_stride, dy += size;
    dgate += grad_stride, dup += grad_stride;
  }
}

void softmax_backward(const float* z, int64_t size, float scale, float lse, float g,
                      float g_entropy, float entropy, float* dz) {
  const Vec scales = splat(scale), shift = splat(lse), constant = splat(g + g_entropy * entropy);
  const auto gradient = [&](const Vec& x) {
    const Vec logp = x * scales - shift;
    return -(constant + splat(g_entropy) * logp) * exp(logp) * scales;
  };
  int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) store(dz + i, gradient(load(z + i)));
  for (; i < size; ++i) {
    const float logp = z[i] * scale - lse;
    dz[i] = -(g + g_entropy * (entropy + logp)) * std::exp(logp) * scale;
  }
}

void widen(const uint16_t* x, int64_t size, float* y) {
  for (int64_t i = 0; i < size; ++i) y[i] = std::bit_cast<float>(static_cast<uint32_t>(x[i]) << 16);
}

void narrow(const float* x, int64_t size, uint16_t* y) {
  for (int64_t i = 0; i < size; ++i) {
    const auto bits = std::bit_cast<uint32_t>(x[i]);
    const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    y[i] = static_cast<uint16_t>(x[i] != x[i] ? 0x7fc0 : rounded);
  }
}

void rotate_row(const float* x, const float* cos, const float* sin, float sign, int64_t heads,
                int64_t half, float* y) {
  for (int64_t h = 0; h < heads; ++h, x += 2 * half, y += 2 * half) {
    for (int64_t i = 0; i < half; ++i) {
      y[i] = x[i] * cos[i] - x[i + half] * (sign * sin[i]);
      y[i + half] = x[i + half] * cos[i] + x[i] * (sign * sin[i]);
    }
  }
}

void attention_forward(const AttentionHead& h, float* out, int64_t out_stride, float* logsumexp,
                       int64_t lse_stride, float* scratch) {
  const int64_t num_keys = h.num_past + h.num_queries;
  const int64_t padded = round_up(num_keys, kColumns);
  const float scale = 1.0F / std::sqrt(static_cast<float>(h.head_dim));
  float* keys = scratch;
  float* p = scratch + h.head_dim * padded;
  transpose(h.k, h.k_stride, num_keys, h.head_dim, padded, keys);
  for (int64_t i = 0; i < h.num_queries; i += kRows) {
    const int64_t rows = std::min(kRows, h.num_queries - i);
    const int64_t last = h.num_past + i + rows;  // keys that the strip's last row sees
    const int64_t columns = round_up(last, kColumns);
    strip<false>(h.q + i * h.q_stride, h.q_stride, 1, keys, padded, h.head_dim, rows, columns, p,
                 padded);
    float total[kRows];
    for (int64_t r = 0; r < rows; ++r) {
      const RowSum row = exp_row(p + r * padded, h.num_past + i + r + 1, columns, scale);
      total[r] = row.total;
      if (logsumexp) logsumexp[(i + r) * lse_stride] = row.largest + std::log(row.total);
    }
    float* rows_out = out + i * out_stride;
    strip<false>(p, padded, 1, h.v, h.v_stride, last, rows, h.head_dim, rows_out, out_stride);
    for (int64_t r = 0; r < rows; ++r) {
      const float inverse = 1.0F / total[r];
      for (int64_t d = 0; d < h.head_dim; ++d) rows_out[r * out_stride + d] *= inverse;
    }
  }
}

void attention_backward(const AttentionHead& h, const AttentionGradients& g, float* scratch) {
  const int64_t n = h.num_queries, past = h.num_past, num_keys = past + n;
  const int64_t padded = round_up(num_keys, kColumns);
  const float scale = 1.0F / std::sqrt(static_cast<float>(h.head_dim));
  float* keys = scratch;
  float* values = keys + h.head_dim * padded;
  float* p = values + h.head_dim * padded;  // probabilities
  float* ds = p + kQueryBlock * padded;     // gradient of the scores
  transpose(h.k, h.k_stride, num_keys, h.head_dim, padded, keys);
  transpose(h.v, h.v_stride, num_keys, h.head_dim, padded, values);
  for (int64_t block = 0; block < n; block += kQueryBlock) {
    const int64_t block_end = std::min(n, block + kQueryBlock);
    for (int64_t i = block; i < block_end; i += kRows) {
      const int64_t rows = std::min(kRows, block_end - i);
      const int64_t columns = round_up(past + i + rows, kColumns);
      float* strip_p = p + (i - block) * padded;
      float* strip_ds = ds + (i - block) * padded;
      strip<false>(h.q + i * h.q_stride, h.q_stride, 1, keys, padded, h.head_dim, rows, columns,
                   strip_p, padded);
      strip<false>(g.dout + i * g.out_stride, g.out_stride, 1, values, padded, h.head_dim, rows,
                   columns, strip_ds, padded);
      for (int64_t r = 0; r < rows; ++r) {
        float* row_p = strip_p + r * padded;
        float* row_ds = strip_ds + r * padded;
        const float lse = g.logsumexp[(i + r) * g.lse_stride];
        const int64_t at = (i + r) * g.out_stride;
        const float delta = dot(g.out + at, g.dout + at, h.head_dim);
        for (int64_t j = 0; j < columns; j += kLanes) {
          const Vec e = exp(load(row_p + j) * splat(scale) - splat(lse));
          store(row_p + j, e);
          store(row_ds + j, e * (load(row_ds + j) - splat(delta)) * splat(scale));
        }
        std::fill(row_p + past + i + r + 1, row_p + columns, 0.0F);
        std::fill(row_ds + past + i + r + 1, row_ds + columns, 0.0F);
      }
      strip<false>(strip_ds, padded, 1, h.k, h.k_stride, past + i + rows, rows, h.head_dim,
                   g.dq + i * g.dq_stride, g.dq_stride);
    }
    for (int64_t j = 0; j < past + block_end; j += kRows) {
      const int64_t rows = std::min(kRows, past + block_end - j);
      const int64_t from = std::max(block, j - past);  // earlier queries do not see these keys
      const int64_t depth = block_end - from;
      const int64_t at = (from - block) * padded + j;
      strip<true>(p + at, 1, padded, g.dout + from * g.out_stride, g.out_stride, depth, rows,
                  h.head_dim, g.dv + j * g.dkv_stride, g.dkv_stride);
      strip<true>(ds + at, 1, padded, h.q + from * h.q_stride, h.q_stride, depth, rows, h.head_dim,
                  g.dk + j * g.dkv_stride, g.dkv_stride);
    }
  }
}

// out = sum over j of p[j] v_j, for Vectors * 8 columns: every row of values is read once.
template <int Vectors>
PLUMBLINE_INLINE void mix_values(const float* p, const float* v, int64_t num_keys, int64_t head_dim,
                                 float* out) {
  Vec sums[Vectors] = {};
  for (int64_t j = 0; j < num_keys; ++j, v += head_dim) {
    const Vec weight = splat(p[j]);
#pragma GCC unroll 8
    for (int n = 0; n < Vectors; ++n) sums[n] += weight * load(v + n * kLanes);
  }
#pragma GCC unroll 8
  for (int n = 0; n < Vectors; ++n) store(out + n * kLanes, sums[n]);
}

void attention_one_query(const float* q, const float* k, const float* v, int64_t num_keys,
                         int64_t head_dim, float* out, float* scratch) {
  const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
  for (int64_t j = 0; j < num_keys; ++j) {
    for (int64_t d = 0; d < head_dim; d += kColumns) __builtin_prefetch(v + j * head_dim + d);
    scratch[j] = dot(q, k + j * head_dim, head_dim);
  }
  const RowSum row = exp_row(scratch, num_keys, round_up(num_keys, kLanes), scale);
  int64_t d = 0;
  for (; d + 8 * kLanes <= head_dim; d += 8 * kLanes) {
    mix_values<8>(scratch, v + d, num_keys, head_dim, out + d);
  }
  for (; d < head_dim; d += kColumns) mix_values<2>(scratch, v + d, num_keys, head_dim, out + d);
  for (d = 0; d < head_dim; ++d) out[d] /= row.total;
}

}  // namespace

extern const Loops loops;
const Loops loops = {.rms_norm_forward = rms_norm_forward,
                     .rms_norm_backward = rms_norm_backward,
                     .swiglu_forward = swiglu_forward,
                     .swiglu_backward = swiglu_backward,
                     .softmax_backward = softmax_backward,
                     .widen = widen,
                     .narrow = narrow,
                     .rotate_row = rotate_row,
                     .attention_forward = attention_forward,
                     .attention_backward = attention_backward,
                     .attention_one_query = attention_one_query};

}  // namespace plumbline::nn::kernels::PLUMBLINE_LOOPS
