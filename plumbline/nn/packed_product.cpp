#include "plumbline/nn/packed_product.h"

#include <algorithm>
#include <array>
#include <bit>

#if defined(__x86_64__) && defined(__GNUC__)
#define PLUMBLINE_PACKED __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,f16c,fma")))
#include <immintrin.h>
#endif

namespace plumbline::nn::kernels {
namespace {

constexpr int64_t kBlock = 32;       // values that share a scale
constexpr int64_t kGroupBytes = 64;  // codes of a vector
constexpr int64_t kWords = 32;       // bfloat16 numbers of a vector

int64_t group_values(int64_t bits) { return 8 * kGroupBytes / bits; }
int64_t num_groups(int64_t depth, int64_t bits) {
  return (depth + group_values(bits) - 1) / group_values(bits);
}

float wide(Half x) { return std::bit_cast<float>(static_cast<uint32_t>(x) << 16); }

// In a group of values, those whose codes, or first halves of codes, lie at the same bits of 16-bit
// words, word after word: the order in which the loop below meets them.
template <int Bits>
constexpr auto kOrder = [] {
  std::array<uint8_t, 8 * kGroupBytes / Bits> order = {};
  size_t to = 0;
  for (size_t part = 0; part < 4; part += Bits / 4) {
    for (size_t word = 0; word < kWords; ++word, ++to) {
      const size_t byte = 2 * word + part / 2;
      const size_t in_block = byte / 16 * kBlock + byte % 16 + part % 2 * 16;
      order[to] = static_cast<uint8_t>(Bits == 8 ? byte : in_block);
    }
  }
  return order;
}();

template <int Bits>
void lay_out(const Half* x, int64_t depth, Half* values, float* sums) {
  constexpr auto kSize = static_cast<int64_t>(kOrder<Bits>.size());
  for (int64_t first = 0; first < depth; first += kSize, values += kSize) {
    const int64_t left = depth - first;
    for (int64_t i = 0; i < kSize; ++i) {
      const int64_t d = kOrder<Bits>[static_cast<size_t>(i)];
      values[i] = d < left ? x[first + d] : Half{0};
    }
  }
  for (int64_t b = 0; b < depth / kBlock; ++b, x += kBlock) {
    for (int64_t i = 0; i < kBlock; ++i) sums[b] += wide(x[i]);
  }
}

}  // namespace

PackedRows packed_rows(const Half* x, int64_t rows, int64_t depth, int64_t bits) {
  const int64_t size = num_groups(depth, bits) * group_values(bits), blocks = depth / kBlock;
  PackedRows result{.rows = rows, .depth = depth};
  result.values.resize(static_cast<size_t>(rows * size));
  result.sums.assign(static_cast<size_t>(rows * blocks), 0);
  for (int64_t r = 0; r < rows; ++r) {
    const auto lay = bits == 8 ? lay_out<8> : lay_out<4>;
    lay(x + r * depth, depth, result.values.data() + r * size, result.sums.data() + r * blocks);
  }
  return result;
}

#ifdef PLUMBLINE_PACKED
namespace {

// Four bits c become the bfloat16 numbers 16 + c or 256 + 16 c by setting bits: no conversion. What
// that adds to every code is taken off again with the blocks' sums.
constexpr int16_t kLow = 0x4180, kHigh = 0x4380, kCodeBits = 0x78;
template <int Bits>
constexpr float kAdded = Bits == 4 ? 16.0F : 16.0F + 256.0F;

PLUMBLINE_PACKED inline __m512bh number(__m512i shifted, int16_t base) {
  constexpr int kAndOr = 0xEA;  // (a & b) | c
  return std::bit_cast<__m512bh>(_mm512_ternarylogic_epi32(shifted, _mm512_set1_epi16(kCodeBits),
                                                           _mm512_set1_epi16(base), kAndOr));
}

// The numbers at the four bits 0, 4, 8 and 12 of every word.
template <int Bits>
PLUMBLINE_PACKED inline void numbers(__m512i words, __m512bh out[4]) {
  constexpr int16_t kSecond = Bits == 4 ? kLow : kHigh;
  out[0] = number(_mm512_slli_epi16(words, 3), kLow);
  out[1] = number(_mm512_srli_epi16(words, 1), kSecond);
  out[2] = number(_mm512_srli_epi16(words, 5), kLow);
  out[3] = number(_mm512_srli_epi16(words, 9), kSecond);
}

// Scales of the blocks of a group, each in the places that hold its sums.
template <int Bits>
PLUMBLINE_PACKED inline __m512 spread(const Half* scales, __mmask8 blocks) {
  const __m128 few = _mm_cvtph_ps(_mm_maskz_loadu_epi16(blocks, scales));
  const __m512i place = Bits == 4
                            ? _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)
                            : _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return _mm512_permutexvar_ps(place, _mm512_castps128_ps512(few));
}

PLUMBLINE_PACKED inline float sum(__m512 x) {
  const __m256 half =
      _mm256_add_ps(_mm512_castps512_ps256(x),
                    _mm256_castpd_ps(_mm512_maskz_extractf64x4_pd(0xff, _mm512_castps_pd(x), 1)));
  const __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  const __m128 two = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

PLUMBLINE_PACKED inline Half rounded(float x) {
  if (x != x) return 0x7fc0;
  const auto bits = std::bit_cast<uint32_t>(x);
  return static_cast<Half>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

// Adds the blocks' sums times their minima, less what `numbers` added.
template <int Bits, int Rows>
PLUMBLINE_PACKED inline void add_minima(const PackedRows& x, const Half* scales, int64_t blocks,
                                        __m512 total[Rows]) {
  for (int64_t b = 0; b < blocks; b += 16) {
    const int64_t left = blocks - b;
    const auto mask = static_cast<__mmask16>(left >= 16 ? 0xffff : (1 << left) - 1);
    const __m512 scale = _mm512_maskz_cvtph_ps(0xffff, _mm256_maskz_loadu_epi16(mask, scales + b));
    const __m512 minimum =
        _mm512_maskz_cvtph_ps(0xffff, _mm256_maskz_loadu_epi16(mask, scales + blocks + b));
    const __m512 added = _mm512_fnmadd_ps(_mm512_set1_ps(kAdded<Bits>), scale, minimum);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const __m512 sums = _mm512_maskz_loadu_ps(mask, x.sums.data() + r * blocks + b);
      total[r] = _mm512_fmadd_ps(sums, added, total[r]);
    }
  }
}

template <int Bits, int Rows>
PLUMBLINE_PACKED void outputs(const PackedRows& x, const PackedCodes& w, const Half* bias,
                              int64_t begin, int64_t end, Half* y, int64_t y_stride) {
  constexpr int64_t kGroupBlocks = 8 * kGroupBytes / Bits / kBlock, kBlockBytes = kBlock * Bits / 8;
  constexpr int kVectors = Bits == 4 ? 4 : 2;  // of x in a group
  const int64_t blocks = x.depth / kBlock, groups = num_groups(x.depth, Bits);
  for (int64_t n = begin; n < end; ++n) {
    const uint8_t* codes = w.codes + n * blocks * kBlockBytes;
    const Half* scales = w.scales + n * 2 * blocks;
    __m512 total[Rows];
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) total[r] = _mm512_setzero_ps();
    for (int64_t g = 0; g < groups; ++g) {
      const int64_t left = std::min(kGroupBlocks, blocks - g * kGroupBlocks);
      const __mmask64 bytes = ~uint64_t{0} >> (kGroupBytes - left * kBlockBytes);
      const uint8_t* here = codes + g * kGroupBytes;
      _mm_prefetch(reinterpret_cast<const char*>(here + 2 * blocks * kBlockBytes), _MM_HINT_T0);
      __m512bh u[4];
      numbers<Bits>(_mm512_maskz_loadu_epi8(bytes, here), u);
      const __m512 scale =
          spread<Bits>(scales + g * kGroupBlocks, static_cast<__mmask8>((1 << left) - 1));
#pragma GCC unroll 4
      for (int r = 0; r < Rows; ++r) {
        const Half* row = x.values.data() + (r * groups + g) * kVectors * kWords;
        __m512 part = _mm512_setzero_ps();
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
          const int vector = Bits == 4 ? i : i / 2;
          part = _mm512_dpbf16_ps(
              part, u[i],
              std::bit_cast<__m512bh>(_mm512_maskz_loadu_epi16(~0U, row + vector * kWords)));
        }
        total[r] = _mm512_fmadd_ps(part, scale, total[r]);
      }
    }
    add_minima<Bits, Rows>(x, scales, blocks, total);
    const float b = bias ? wide(bias[n]) : 0.0F;
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) y[r * y_stride + n] = rounded(sum(total[r]) + b);
  }
}

}  // namespace

void packed_product(const PackedRows& x, const PackedCodes& w, const Half* bias, int64_t begin,
                    int64_t end, Half* y, int64_t y_stride) {
  using Outputs = decltype(&outputs<4, 1>);
  static_assert(kFewRows == 4);
  constexpr Outputs kByRows[2][4] = {{outputs<4, 1>, outputs<4, 2>, outputs<4, 3>, outputs<4, 4>},
                                     {outputs<8, 1>, outputs<8, 2>, outputs<8, 3>, outputs<8, 4>}};
  kByRows[w.bits == 8 ? 1 : 0][x.rows - 1](x, w, bias, begin, end, y, y_stride);
}

namespace {

// scale * code + minimum of sixteen codes.
PLUMBLINE_PACKED inline __m512 values(__m128i codes, __m512 scale, __m512 minimum) {
  const __m512 numbers =
      _mm512_maskz_cvtepi32_ps(0xffff, _mm512_maskz_cvtepu8_epi32(0xffff, codes));
  return _mm512_fmadd_ps(numbers, scale, minimum);
}

PLUMBLINE_PACKED inline __m512 spread_one(Half scale) {
  return _mm512_set1_ps(_mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(scale))));
}

}  // namespace

PLUMBLINE_PACKED void unpack_bf16(const uint8_t* codes, const Half* scales, int64_t blocks,
                                  int64_t bits, Half* y) {
  const __m128i low_bits = _mm_set1_epi8(0xf);
  for (int64_t b = 0; b < blocks; ++b, codes += kBlock * bits / 8, y += kBlock) {
    const __m512 scale = spread_one(scales[b]), minimum = spread_one(scales[blocks + b]);
    __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)), second;
    if (bits == 4) {
      second = _mm_and_si128(_mm_srli_epi16(first, 4), low_bits);
      first = _mm_and_si128(first, low_bits);
    } else {
      second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes) + 1);
    }
    const __m512bh both =
        _mm512_cvtne2ps_pbh(values(second, scale, minimum), values(first, scale, minimum));
    _mm512_storeu_si512(y, std::bit_cast<__m512i>(both));
  }
}

#else

void unpack_bf16(const uint8_t*, const Half*, int64_t, int64_t, Half*) {}

void packed_product(const PackedRows&, const PackedCodes&, const Half*, int64_t, int64_t, Half*,
                    int64_t) {}

#endif

}  // namespace plumbline::nn::kernels
