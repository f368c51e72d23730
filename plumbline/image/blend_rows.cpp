#include <algorithm>
#include <cstring>

#include "plumbline/image/resize_loops.h"

// This file is compiled once for each instruction set, each time with another PLUMBLINE_LOOPS.
#ifndef PLUMBLINE_LOOPS
#define PLUMBLINE_LOOPS plain
#endif

namespace plumbline::image::PLUMBLINE_LOOPS {
namespace {

using Ints = int32_t __attribute__((vector_size(32)));
using Bytes = uint8_t __attribute__((vector_size(8)));
constexpr size_t kLanes = 8;
constexpr int32_t kHalf = 1 << (kFractionBits - 1);

inline Ints load(const uint8_t* p) {
  Bytes bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, Ints);
}

inline void store(uint8_t* p, Ints sum) {
  sum >>= kFractionBits;
  sum = sum < 0 ? 0 : sum;
  sum = sum > 255 ? 255 : sum;
  const Bytes bytes = __builtin_convertvector(sum, Bytes);
  std::memcpy(p, &bytes, sizeof bytes);
}

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
