#include <algorithm>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "plumbline/image/resize_loops.h"

// This file is compiled once for each instruction set, each time with another PLUMBLINE_LOOPS.
#ifndef PLUMBLINE_LOOPS
#define PLUMBLINE_LOOPS plain
#endif

namespace plumbline::image::PLUMBLINE_LOOPS {
namespace {

constexpr size_t kLanes = 8;
constexpr int32_t kHalf = 1 << (kFractionBits - 1);

// Eight sums at once. GCC 12 makes poor code of conversions between bytes and wider vectors, so
// these two are spelt out where it matters.
using Ints = int32_t __attribute__((vector_size(32)));

#if defined(__AVX2__)
inline Ints load(const uint8_t* p) {
  return reinterpret_cast<Ints>(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}

inline void store(uint8_t* p, Ints sum) {
  const auto pixels = reinterpret_cast<__m256i>(sum >> kFractionBits);
  const __m128i words =
      _mm_packs_epi32(_mm256_castsi256_si128(pixels), _mm256_extracti128_si256(pixels, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));  // clamps
}
#else
inline Ints load(const uint8_t* p) { return Ints{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]}; }

inline void store(uint8_t* p, Ints sum) {
  sum >>= kFractionBits;
  for (size_t i = 0; i < kLanes; ++i) p[i] = static_cast<uint8_t>(std::clamp(sum[i], 0, 255));
}
#endif

// kVectors * 8 columns, whose sums stay in registers.
template <size_t kVectors>
inline void blend(const uint8_t* rows, size_t stride, const int32_t* weights, int count,
                  uint8_t* out) {
  Ints sums[kVectors];
  for (auto& sum : sums) sum = Ints{} + kHalf;
  for (int k = 0; k < count; ++k, rows += stride) {
    for (size_t v = 0; v < kVectors; ++v) sums[v] += load(rows + kLanes * v) * weights[k];
  }
  for (size_t v = 0; v < kVectors; ++v) store(out + kLanes * v, sums[v]);
}

}  // namespace

void blend_rows(const uint8_t* rows, size_t stride, const int32_t* weights, int count, size_t size,
                uint8_t* out) {
  size_t i = 0;
  for (; i + 6 * kLanes <= size; i += 6 * kLanes) {
    blend<6>(rows + i, stride, weights, count, out + i);
  }
  for (; i + kLanes <= size; i += kLanes) blend<1>(rows + i, stride, weights, count, out + i);
  for (; i < size; ++i) {
    int32_t sum = kHalf;
    for (int k = 0; k < count; ++k) {
      sum += rows[stride * static_cast<size_t>(k) + i] * weights[k];
    }
    out[i] = static_cast<uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
  }
}

}  // namespace plumbline::image::PLUMBLINE_LOOPS
