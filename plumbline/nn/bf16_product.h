// A linear layer on some rows of bfloat16 with the processor's own product of bfloat16 pairs.
// Internal to nn.
#pragma once

#include <cstdint>

#include "plumbline/nn/kernels.h"

namespace plumbline::nn::kernels {

// Rows that `bf16_product` is worth taking for; beyond, a blocked matrix product is faster.
constexpr int64_t kBf16Rows = 8;

// Whether this CPU has AVX-512 with bfloat16.
bool has_bf16_dot();

// y[r, n] = bias[n] + sum over d of x[r, d] w[n, d], for n in [begin, end); bias may be null. Sums
// are in fp32, rounded once. Only where has_bf16_dot.
void bf16_product(const Half* x, int64_t rows, const Half* w, const Half* bias, int64_t depth,
                  int64_t begin, int64_t end, Half* y, int64_t y_stride);

}  // namespace plumbline::nn::kernels
