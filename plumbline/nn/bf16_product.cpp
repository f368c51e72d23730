#include "plumbline/nn/bf16_product.h"

#include <algorithm>
#include <bit>
#include <iterator>

#if defined(__x86_64__) && defined(__GNUC__)
#define PLUMBLINE_BF16_DOT __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,fma")))
#include <immintrin.h>
#endif

namespace plumbline::nn::kernels {

#ifdef PLUMBLINE_BF16_DOT
namespace {

constexpr int64_t kStep = 32;  // bfloat16 numbers in a vector

constexpr int64_t kBlock = 64;  // outputs whose weights stay in the nearest cache for all rows

float wide(Half x) { return std::bit_cast<float>(static_cast<uint32_t>(x) << 16); }

PLUMBLINE_BF16_DOT inline __m512bh load(const Half* p, __mmask32 mask) {
  return std::bit_cast<__m512bh>(_mm512_maskz_loadu_epi16(mask, p));
}

// The sums of a, b, c and d.
PLUMBLINE_BF16_DOT inline __m128 sums(__m512 a, __m512 b, __m512 c, __m512 d) {
  const auto halved = [](__m512 x) PLUMBLINE_BF16_DOT {
    return _mm256_add_ps(_mm512_castps512_ps256(x), _mm256_castpd_ps(_mm512_maskz_extractf64x4_pd(
                                                        0xff, _mm512_castps_pd(x), 1)));
  };
  const __m256 all =
      _mm256_hadd_ps(_mm256_hadd_ps(halved(a), halved(b)), _mm256_hadd_ps(halved(c), halved(d)));
  return _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
}

PLUMBLINE_BF16_DOT inline Half rounded(float x) {
  if (x != x) return 0x7fc0;
  const auto bits = std::bit_cast<uint32_t>(x);
  return static_cast<Half>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

// Rows x 4 outputs, of which `count` are written; weights of the others may be any readable rows.
template <int Rows>
PLUMBLINE_BF16_DOT inline void four_outputs(const Half* x, const Half* const w[4], const Half* bias,
                                            int64_t depth, int64_t count, Half* y,
                                            int64_t y_stride) {
  __m512 total[Rows][4];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) total[r][n] = _mm512_setzero_ps();
  }
  for (int64_t d = 0; d < depth; d += kStep) {
    const int64_t left = depth - d;
    const __mmask32 mask = left >= kStep ? ~0U : (1U << left) - 1U;
    __m512bh weights[4];
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) {
      _mm_prefetch(reinterpret_cast<const char*>(w[n] + 4 * depth + d), _MM_HINT_T0);
      weights[n] = load(w[n] + d, mask);
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const __m512bh row = load(x + r * depth + d, mask);
#pragma GCC unroll 4
      for (int n = 0; n < 4; ++n) total[r][n] = _mm512_dpbf16_ps(total[r][n], weights[n], row);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    alignas(16) float results[4];
    _mm_store_ps(results, sums(total[r][0], total[r][1], total[r][2], total[r][3]));
    for (int64_t n = 0; n < count; ++n) {
      y[r * y_stride + n] = rounded(bias ? results[n] + wide(bias[n]) : results[n]);
    }
  }
}

template <int Rows>
PLUMBLINE_BF16_DOT void outputs(const Half* x, const Half* w, const Half* bias, int64_t depth,
                                int64_t begin, int64_t end, Half* y, int64_t y_stride) {
  for (int64_t n = begin; n < end; n += 4) {
    const int64_t count = std::min<int64_t>(4, end - n);
    const Half* rows[4];
    for (int64_t i = 0; i < 4; ++i) rows[i] = w + (n + std::min(i, count - 1)) * depth;
    four_outputs<Rows>(x, rows, bias ? bias + n : nullptr, depth, count, y + n, y_stride);
  }
}

using Outputs = void (*)(const Half*, const Half*, const Half*, int64_t, int64_t, int64_t, Half*,
                         int64_t);
constexpr Outputs kOutputs[] = {outputs<1>, outputs<2>, outputs<3>, outputs<4>, outputs<5>};
constexpr int64_t kRowsAtOnce = std::ssize(kOutputs);

}  // namespace

bool has_bf16_dot() {
  return __builtin_cpu_supports("avx512bf16") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0;
}

void bf16_product(const Half* x, int64_t rows, const Half* w, const Half* bias, int64_t depth,
                  int64_t begin, int64_t end, Half* y, int64_t y_stride) {
  for (int64_t n = begin; n < end; n += kBlock) {
    const int64_t last = std::min(end, n + kBlock);
    for (int64_t r = 0; r < rows; r += kRowsAtOnce) {
      const int64_t count = std::min(kRowsAtOnce, rows - r);
      kOutputs[count - 1](x + r * depth, w, bias, depth, n, last, y + r * y_stride, y_stride);
    }
  }
}

#else

bool has_bf16_dot() { return false; }

void bf16_product(const Half*, int64_t, const Half*, const Half*, int64_t, int64_t, int64_t, Half*,
                  int64_t) {}

#endif

}  // namespace plumbline::nn::kernels
