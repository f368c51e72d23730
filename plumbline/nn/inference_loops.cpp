#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "plumbline/nn/kernels.h"

// This file is compiled once for each instruction set, each time with another PLUMBLINE_LOOPS.
#include "plumbline/nn/kernel_vectors.h"

namespace plumbline::nn::kernels::PLUMBLINE_LOOPS {
namespace {

using BitsInMemory = uint32_t __attribute__((vector_size(32), aligned(2), may_alias));
using Halves = Half __attribute__((vector_size(16)));
using HalvesInMemory = Half __attribute__((vector_size(16), aligned(2), may_alias));

constexpr int64_t kPair = 2 * kLanes;  // halves that fill two vectors

// Sixteen halves as two vectors: those at even places and those at odd ones. A float is a half with
// sixteen more bits below.
struct Apart {
  Vec even, odd;
};
PLUMBLINE_INLINE Apart load_apart(const Half* p) {
  const Bits bits = *reinterpret_cast<const BitsInMemory*>(p);
  return {std::bit_cast<Vec>(bits << 16), std::bit_cast<Vec>(bits & 0xffff0000U)};
}

PLUMBLINE_INLINE Vec load(const Half* p) {
  const Halves halves = *reinterpret_cast<const HalvesInMemory*>(p);
  return std::bit_cast<Vec>(__builtin_convertvector(halves, Bits) << 16);
}

// To nearest, ties to even; the upper bits of a NaN may round to infinity, so it is replaced.
PLUMBLINE_INLINE Bits rounded(const Vec& x) {
  const Bits bits = std::bit_cast<Bits>(x);
  const Bits near = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  return x == x ? near : Bits{} + 0x7fc0U;
}
PLUMBLINE_INLINE void store(Half* p, const Vec& x) {
  *reinterpret_cast<HalvesInMemory*>(p) = __builtin_convertvector(rounded(x), Halves);
}
PLUMBLINE_INLINE Vec as_half(const Vec& x) { return std::bit_cast<Vec>(rounded(x) << 16); }

PLUMBLINE_INLINE Half half(float x) { return static_cast<Half>(rounded(splat(x))[0]); }
PLUMBLINE_INLINE float wide(Half x) { return std::bit_cast<float>(static_cast<uint32_t>(x) << 16); }
PLUMBLINE_INLINE float wide(float x) { return x; }
PLUMBLINE_INLINE void put(float* y, float x) { *y = x; }
PLUMBLINE_INLINE void put(Half* y, float x) { *y = half(x); }

PLUMBLINE_INLINE Apart load_pair(const float* p) { return {load(p), load(p + kLanes)}; }
PLUMBLINE_INLINE Apart load_pair(const Half* p) { return load_apart(p); }

void halves_apart(const Half* x, int64_t size, float* y) {
  for (int64_t i = 0; i < size; i += kPair) {
    const Apart pair = load_apart(x + i);
    store(y + i, pair.even);
    store(y + i + kLanes, pair.odd);
  }
}

// Rows x Outputs of y at once: each weight is loaded once for all rows, and there are enough sums
// to keep the multipliers busy.
template <int Rows, int Outputs, class T>
PLUMBLINE_INLINE void product_block(const float* x, const T* w, const T* bias, int64_t depth, T* y,
                                    int64_t y_stride) {
  Vec sums[Rows][Outputs][2] = {};
  const int64_t whole = depth / kPair * kPair;
  for (int64_t d = 0; d < whole; d += kPair) {
#pragma GCC unroll 4
    for (int n = 0; n < Outputs; ++n) {
      __builtin_prefetch(w + (n + Outputs) * depth + d);  // the next block: rows are short streams
      const Apart weights = load_pair(w + n * depth + d);
#pragma GCC unroll 4
      for (int r = 0; r < Rows; ++r) {
        sums[r][n][0] += weights.even * load(x + r * depth + d);
        sums[r][n][1] += weights.odd * load(x + r * depth + d + kLanes);
      }
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int n = 0; n < Outputs; ++n) {
      float total = sum(sums[r][n][0] + sums[r][n][1]);
      for (int64_t d = whole; d < depth; ++d) total += x[r * depth + d] * wide(w[n * depth + d]);
      put(y + r * y_stride + n, bias ? total + wide(bias[n]) : total);
    }
  }
}

template <int Rows, class T>
PLUMBLINE_INLINE void product_rows(const float* x, const T* w, const T* bias, int64_t depth,
                                   int64_t begin, int64_t end, T* y, int64_t y_stride) {
  constexpr int kOutputs = Rows == 1 ? 4 : 2;
  int64_t n = begin;
  for (; n + kOutputs <= end; n += kOutputs) {
    product_block<Rows, kOutputs>(x, w + n * depth, bias ? bias + n : nullptr, depth, y + n,
                                  y_stride);
  }
  for (; n < end; ++n) {
    product_block<Rows, 1>(x, w + n * depth, bias ? bias + n : nullptr, depth, y + n, y_stride);
  }
}

template <class T>
void product(const float* x, int64_t rows, const T* w, const T* bias, int64_t depth, int64_t begin,
             int64_t end, T* y, int64_t y_stride) {
  switch (rows) {
    case 1:
      return product_rows<1>(x, w, bias, depth, begin, end, y, y_stride);
    case 2:
      return product_rows<2>(x, w, bias, depth, begin, end, y, y_stride);
    case 3:
      return product_rows<3>(x, w, bias, depth, begin, end, y, y_stride);
    default:
      return product_rows<4>(x, w, bias, depth, begin, end, y, y_stride);
  }
}

// An fp16 number that is finite.
PLUMBLINE_INLINE float from_fp16(Half x) {
  const float size = std::bit_cast<float>(static_cast<uint32_t>(x & 0x7fff) << 13) * 0x1p112F;
  return (x & 0x8000) != 0 ? -size : size;
}

// Eight codes, each in the `shift`th bits of its byte, as scale * code + minimum.
template <class T>
PLUMBLINE_INLINE void unpack_eight(const uint8_t* codes, uint32_t shift, uint32_t mask, float scale,
                                   float minimum, T* y) {
  using Bytes = uint8_t __attribute__((vector_size(8), aligned(1), may_alias));
  const Bits bits =
      (__builtin_convertvector(*reinterpret_cast<const Bytes*>(codes), Bits) >> shift) & mask;
  const Vec scaled = __builtin_convertvector(std::bit_cast<IntVec>(bits), Vec) * splat(scale);
  store(y, scaled + splat(minimum));
}

template <class T>
void unpack_nibbles(const uint8_t* codes, const Half* scales, int64_t blocks, T* y) {
  for (int64_t b = 0; b < blocks; ++b, codes += 16, y += 32) {
    const float scale = from_fp16(scales[b]), minimum = from_fp16(scales[blocks + b]);
    for (int64_t i = 0; i < 16; i += kLanes) {
      unpack_eight(codes + i, 0, 0xf, scale, minimum, y + i);
      unpack_eight(codes + i, 4, 0xf, scale, minimum, y + 16 + i);
    }
  }
}

template <class T>
void unpack_bytes(const uint8_t* codes, const Half* scales, int64_t blocks, T* y) {
  for (int64_t b = 0; b < blocks; ++b, codes += 32, y += 32) {
    const float scale = from_fp16(scales[b]), minimum = from_fp16(scales[blocks + b]);
    for (int64_t i = 0; i < 32; i += kLanes) {
      unpack_eight(codes + i, 0, 0xff, scale, minimum, y + i);
    }
  }
}

void rms_norm_bf16(const Half* x, const Half* weight, double eps, int64_t rows, int64_t size,
                   Half* y) {
  for (int64_t r = 0; r < rows; ++r, x += size, y += size) {
    Vec squares = {};
    for (int64_t i = 0; i < size; i += kLanes) squares += load(x + i) * load(x + i);
    const float mean = sum(squares) / static_cast<float>(size);
    const Vec scale = splat(1.0F / std::sqrt(mean + static_cast<float>(eps)));
    for (int64_t i = 0; i < size; i += kLanes) {
      store(y + i, as_half(load(x + i) * scale) * load(weight + i));
    }
  }
}

void swiglu_bf16(const Half* gate, int64_t gate_stride, const Half* up, int64_t up_stride,
                 int64_t rows, int64_t size, Half* y) {
  for (int64_t r = 0; r < rows; ++r, gate += gate_stride, up += up_stride, y += size) {
    for (int64_t i = 0; i < size; i += kLanes) {
      const Vec g = load(gate + i);
      store(y + i, as_half(g / (splat(1.0F) + exp(-g))) * load(up + i));
    }
  }
}

void rotate_row_bf16(const Half* x, const float* cos, const float* sin, int64_t heads, int64_t half,
                     Half* y) {
  for (int64_t h = 0; h < heads; ++h, x += 2 * half, y += 2 * half) {
    for (int64_t i = 0; i < half; i += kLanes) {
      const Vec low = load(x + i), high = load(x + i + half), c = load(cos + i), s = load(sin + i);
      store(y + i, low * c - high * s);
      store(y + i + half, high * c + low * s);
    }
  }
}

// scores[j] = q k_j; q as halves_apart lays it out. Meanwhile fetches the values, needed next.
PLUMBLINE_INLINE void score_keys(const float* q, const Half* k, const Half* v, int64_t num_keys,
                                 int64_t head_dim, float* scores) {
  for (int64_t j = 0; j < num_keys; ++j, k += head_dim, v += head_dim) {
    for (int64_t d = 0; d < head_dim; d += 2 * kPair) __builtin_prefetch(v + d);
    Vec even = {}, odd = {};
    for (int64_t d = 0; d < head_dim; d += kPair) {
      const Apart key = load_apart(k + d);
      even += key.even * load(q + d);
      odd += key.odd * load(q + d + kLanes);
    }
    scores[j] = sum(even + odd);
  }
}

float largest(const float* x, int64_t size) {
  int64_t i = 0;
  float most = -std::numeric_limits<float>::infinity();
  if (size >= kLanes) {
    Vec lanes = load(x);
    for (i = kLanes; i + kLanes <= size; i += kLanes) {
      const Vec v = load(x + i);
      lanes = v > lanes ? v : lanes;
    }
    for (int lane = 0; lane < kLanes; ++lane) most = std::max(most, lanes[lane]);
  }
  for (; i < size; ++i) most = std::max(most, x[i]);
  return most;
}

double softmax_weights(const float* x, int64_t size, float largest, float scale, float* weights) {
  constexpr int64_t kBlock = 64 * kLanes;  // summed in fp32
  constexpr float kLeast = -87.0F;         // e^x is no normal number below
  double total = 0;
  for (int64_t begin = 0; begin < size; begin += kBlock) {
    const int64_t end = std::min(size, begin + kBlock);
    Vec sums = {};
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      const Vec z = (load(x + i) - splat(largest)) * splat(scale);
      const Vec w = z < splat(kLeast) ? Vec{} : exp(z);
      sums += w;
      store(weights + i, w);
    }
    total += static_cast<double>(sum(sums));
    for (; i < end; ++i) {
      const float z = (x[i] - largest) * scale;
      weights[i] = z < kLeast ? 0.0F : exp(splat(z))[0];
      total += static_cast<double>(weights[i]);
    }
  }
  return total;
}

// out = inverse * sum over j of p[j] v_j, for Pairs * 16 columns: every row of values is read once.
template <int Pairs>
PLUMBLINE_INLINE void mix_values(const float* p, const Half* v, int64_t num_keys, int64_t head_dim,
                                 const Vec& inverse, Half* out) {
  Vec even[Pairs] = {}, odd[Pairs] = {};
  for (int64_t j = 0; j < num_keys; ++j, v += head_dim) {
    const Vec weight = splat(p[j]);
#pragma GCC unroll 4
    for (int n = 0; n < Pairs; ++n) {
      const Apart value = load_apart(v + n * kPair);
      even[n] += weight * value.even;
      odd[n] += weight * value.odd;
    }
  }
#pragma GCC unroll 4
  for (int n = 0; n < Pairs; ++n) {
    const Bits low = rounded(even[n] * inverse), high = rounded(odd[n] * inverse);
    *reinterpret_cast<BitsInMemory*>(out + n * kPair) = low | (high << 16);
  }
}

void attention_one_query_bf16(const Half* q, const Half* k, const Half* v, int64_t num_keys,
                              int64_t head_dim, Half* out, float* scratch) {
  float* query = scratch;
  float* p = scratch + head_dim;
  halves_apart(q, head_dim, query);
  score_keys(query, k, v, num_keys, head_dim, p);
  const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
  const double total = softmax_weights(p, num_keys, largest(p, num_keys), scale, p);
  const Vec inverse = splat(static_cast<float>(1.0 / total));
  int64_t d = 0;
  for (; d + 4 * kPair <= head_dim; d += 4 * kPair) {
    mix_values<4>(p, v + d, num_keys, head_dim, inverse, out + d);
  }
  for (; d < head_dim; d += kPair) mix_values<1>(p, v + d, num_keys, head_dim, inverse, out + d);
}

}  // namespace

extern const InferenceLoops inference_loops;
const InferenceLoops inference_loops = {.product = product<float>,
                                        .product_bf16 = product<Half>,
                                        .halves_apart = halves_apart,
                                        .unpack_nibbles = unpack_nibbles<float>,
                                        .unpack_bytes = unpack_bytes<float>,
                                        .unpack_nibbles_bf16 = unpack_nibbles<Half>,
                                        .unpack_bytes_bf16 = unpack_bytes<Half>,
                                        .rms_norm_bf16 = rms_norm_bf16,
                                        .swiglu_bf16 = swiglu_bf16,
                                        .rotate_row_bf16 = rotate_row_bf16,
                                        .attention_one_query_bf16 = attention_one_query_bf16,
                                        .softmax_weights = softmax_weights,
                                        .largest = largest};

}  // namespace plumbline::nn::kernels::PLUMBLINE_LOOPS
