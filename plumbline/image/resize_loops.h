// The inner loop of resizing, for resize.cpp: bytes in, bytes out, compiled for several instruction
// sets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plumbline::image {

inline constexpr int kFractionBits = 22;  // of fixed-point weights

// Weighted sums of `count` rows, `stride` bytes apart, for `size` columns:
//   out[i] = clamp((sum over k of rows[k * stride + i] * weights[k] + half) >> 22, 0, 255)
// where half is one half in fixed point. The sums must fit 32 bits.
using BlendRows = void (*)(const uint8_t* rows, size_t stride, const int32_t* weights, int count,
                           size_t size, uint8_t* out);

// The variants that this CPU runs, the best last; num_blend_rows() is 1 or 2. All give the same
// bytes.
int num_blend_rows();
BlendRows blend_rows(int index);

}  // namespace plumbline::image
