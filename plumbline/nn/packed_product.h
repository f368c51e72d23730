// Packed weights with the processor's bfloat16: a linear layer on very few rows, and unpacking.
// Internal to nn.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/nn/kernels.h"

namespace plumbline::nn::kernels {

// Rows as `packed_product` reads them.
struct PackedRows {
  int64_t rows = 0, depth = 0;
  std::vector<Half> values = {};  // [rows, groups of 64 bytes of codes, as their codes lie]
  std::vector<float> sums = {};   // [rows, depth / 32]: of each block
};
// x [rows, depth], depth a multiple of 32, for codes of 4 or 8 bits.
PackedRows packed_rows(const Half* x, int64_t rows, int64_t depth, int64_t bits);

// A PackedWeight's memory.
struct PackedCodes {
  const uint8_t* codes;
  const Half* scales;  // fp16
  int64_t bits;
};

// y[r, n] = bias[n] + sum over d of x[r, d] w[n, d], for n in [begin, end) and at most kFewRows
// rows; bias may be null. The codes are multiplied as they are, summed in fp32, and the sum is
// rounded once. Only where has_bf16_dot.
void packed_product(const PackedRows& x, const PackedCodes& w, const Half* bias, int64_t begin,
                    int64_t end, Half* y, int64_t y_stride);

// As InferenceLoops::unpack_nibbles_bf16 and unpack_bytes_bf16, several times as fast. Only where
// has_bf16_dot.
void unpack_bf16(const uint8_t* codes, const Half* scales, int64_t blocks, int64_t bits, Half* y);

}  // namespace plumbline::nn::kernels
