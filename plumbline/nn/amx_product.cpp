#include "plumbline/nn/amx_product.h"

#include <algorithm>
#include <bit>

#if defined(__x86_64__) && defined(__linux__)
#define PLUMBLINE_AMX __attribute__((target("avx512f,avx512bw,avx512vl,amx-tile,amx-bf16")))
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace plumbline::nn::kernels {

TileRows tile_rows(const Half* x, int64_t rows, int64_t depth) {
  const int64_t num_pairs = depth / 2, groups = (rows + 15) / 16;
  TileRows result{.rows = rows, .depth = depth};
  result.pairs.assign(static_cast<size_t>(groups * num_pairs * 16), 0);
  for (int64_t r = 0; r < rows; ++r) {
    uint32_t* to = result.pairs.data() + r / 16 * num_pairs * 16 + r % 16;
    for (int64_t p = 0; p < num_pairs; ++p, x += 2) {
      to[p * 16] = static_cast<uint32_t>(x[0]) | static_cast<uint32_t>(x[1]) << 16;
    }
  }
  return result;
}

#ifdef PLUMBLINE_AMX
namespace {

// The tiles: 0 to 3 are sums of up to four groups of rows; weights and rows follow, and these two
// again for the last, shorter piece of a row. GCC's intrinsics want the numbers spelt out.
constexpr int kWeights = 4, kRows = 5, kLastWeights = 6, kLastRows = 7;
constexpr int64_t kSide = 16;   // outputs and rows of a tile
constexpr int64_t kPiece = 32;  // numbers of a weight row in a tile
constexpr int64_t kGroups = 4;  // of rows that are summed side by side

struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t num_rows[16] = {};
};

PLUMBLINE_AMX void configure(int64_t outputs, int64_t last_piece) {
  TileConfig config;
  const auto shape = [&](int tile, int64_t rows, int64_t bytes) {
    config.num_rows[tile] = static_cast<uint8_t>(rows);
    config.row_bytes[tile] = static_cast<uint16_t>(bytes);
  };
  for (int tile = 0; tile < kGroups; ++tile) shape(tile, outputs, 64);
  shape(kWeights, outputs, 64);
  shape(kRows, kSide, 64);
  if (last_piece > 0) {
    shape(kLastWeights, outputs, 2 * last_piece);
    shape(kLastRows, last_piece / 2, 64);
  }
  // The intrinsic does not tell the compiler that it reads the whole of it.
  asm volatile("" : : "r"(&config) : "memory");
  _tile_loadconfig(&config);
}

// Sums of one block of outputs with `Groups` groups of rows, into [Groups, 16 outputs, 16 rows].
template <int Groups>
PLUMBLINE_AMX void sum_block(const TileRows& x, int64_t first_group, const Half* w, float* sums) {
  const int64_t stride = 2 * x.depth, group_size = x.depth / 2 * kSide;
  const uint32_t* pairs = x.pairs.data() + first_group * group_size;
  _tile_zero(0);
  if constexpr (Groups > 1) _tile_zero(1);
  if constexpr (Groups > 2) _tile_zero(2);
  if constexpr (Groups > 3) _tile_zero(3);
  int64_t d = 0;
  for (; d + kPiece <= x.depth; d += kPiece) {
    for (int64_t n = 0; n < kSide; ++n) {  // the next block's weights
      _mm_prefetch(reinterpret_cast<const char*>(w + (n + kSide) * x.depth + d), _MM_HINT_T0);
    }
    const uint32_t* rows = pairs + d / 2 * kSide;
    _tile_loadd(4, w + d, stride);
    _tile_loadd(5, rows, 64);
    _tile_dpbf16ps(0, 4, 5);
    if constexpr (Groups > 1) {
      _tile_loadd(5, rows + group_size, 64);
      _tile_dpbf16ps(1, 4, 5);
    }
    if constexpr (Groups > 2) {
      _tile_loadd(5, rows + 2 * group_size, 64);
      _tile_dpbf16ps(2, 4, 5);
    }
    if constexpr (Groups > 3) {
      _tile_loadd(5, rows + 3 * group_size, 64);
      _tile_dpbf16ps(3, 4, 5);
    }
  }
  if (d < x.depth) {
    const uint32_t* rows = pairs + d / 2 * kSide;
    _tile_loadd(6, w + d, stride);
    _tile_loadd(7, rows, 64);
    _tile_dpbf16ps(0, 6, 7);
    if constexpr (Groups > 1) {
      _tile_loadd(7, rows + group_size, 64);
      _tile_dpbf16ps(1, 6, 7);
    }
    if constexpr (Groups > 2) {
      _tile_loadd(7, rows + 2 * group_size, 64);
      _tile_dpbf16ps(2, 6, 7);
    }
    if constexpr (Groups > 3) {
      _tile_loadd(7, rows + 3 * group_size, 64);
      _tile_dpbf16ps(3, 6, 7);
    }
  }
  _tile_stored(0, sums, 64);
  if constexpr (Groups > 1) _tile_stored(1, sums + 256, 64);
  if constexpr (Groups > 2) _tile_stored(2, sums + 512, 64);
  if constexpr (Groups > 3) _tile_stored(3, sums + 768, 64);
}

PLUMBLINE_AMX __m256i rounded(__m512 x) {
  const __m512i bits = _mm512_castps_si512(x);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i near = _mm512_srli_epi32(
      _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd), 16);
  const __mmask16 is_nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(near, is_nan, _mm512_set1_epi32(0x7fc0)));
}

// Adds the bias, rounds, and writes sums [outputs, 16 rows] as rows of y.
PLUMBLINE_AMX void write_block(const float* sums, const Half* bias, int64_t outputs, int64_t rows,
                               Half* y, int64_t y_stride) {
  alignas(64) Half block[kSide][kSide];
  for (int64_t n = 0; n < outputs; ++n) {
    const float b = bias ? std::bit_cast<float>(static_cast<uint32_t>(bias[n]) << 16) : 0.0F;
    const __m512 total = _mm512_add_ps(_mm512_load_ps(sums + n * kSide), _mm512_set1_ps(b));
    _mm256_store_si256(reinterpret_cast<__m256i*>(block[n]), rounded(total));
  }
  for (int64_t r = 0; r < rows; ++r, y += y_stride) {
    for (int64_t n = 0; n < outputs; ++n) y[n] = block[n][r];
  }
}

}  // namespace

bool has_amx() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    constexpr unsigned kBf16 = 1U << 22, kTile = 1U << 24;
    if ((d & kBf16) == 0 || (d & kTile) == 0 || !__builtin_cpu_supports("avx512bw")) return false;
    constexpr long kRequestPermission = 0x1023, kTileData = 18;  // arch_prctl's numbers
    return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  }();
  return has;
}

PLUMBLINE_AMX void amx_product(const TileRows& x, const Half* w, const Half* bias, int64_t begin,
                               int64_t end, Half* y, int64_t y_stride) {
  alignas(64) float sums[kGroups * kSide * kSide];
  const int64_t groups = (x.rows + kSide - 1) / kSide, last_piece = x.depth % kPiece;
  int64_t configured = 0;
  for (int64_t n = begin; n < end; n += kSide) {
    const int64_t outputs = std::min(kSide, end - n);
    if (outputs != configured) configure(configured = outputs, last_piece);
    const Half* weights = w + n * x.depth;
    for (int64_t g = 0; g < groups; g += kGroups) {
      const int64_t count = std::min(kGroups, groups - g);
      constexpr decltype(&sum_block<1>) kBySize[] = {sum_block<1>, sum_block<2>, sum_block<3>,
                                                     sum_block<4>};
      kBySize[count - 1](x, g, weights, sums);
      for (int64_t i = 0; i < count; ++i) {
        const int64_t row = (g + i) * kSide;
        write_block(sums + i * kSide * kSide, bias ? bias + n : nullptr, outputs,
                    std::min(kSide, x.rows - row), y + row * y_stride + n, y_stride);
      }
    }
  }
  _tile_release();
}

#else

bool has_amx() { return false; }

void amx_product(const TileRows&, const Half*, const Half*, int64_t, int64_t, Half*, int64_t) {}

#endif

}  // namespace plumbline::nn::kernels
