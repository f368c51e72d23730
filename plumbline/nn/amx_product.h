// A linear layer on rows of bfloat16 with the processor's matrix tiles (AMX). The weights are read
// where they lie, each once; what has to be laid out anew are the few rows. Internal to nn.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/nn/kernels.h"

namespace plumbline::nn::kernels {

// Rows beyond which a product that lays the weights out anew is faster.
constexpr int64_t kAmxRows = 256;

// Whether this CPU has the tiles and the system lets this process use them.
bool has_amx();

// Rows as `amx_product` reads them.
struct TileRows {
  int64_t rows = 0, depth = 0;
  std::vector<uint32_t> pairs = {};  // [groups of 16 rows, depth / 2, 16]
};
// x [rows, depth], depth a multiple of 16.
TileRows tile_rows(const Half* x, int64_t rows, int64_t depth);

// y[r, n] = bias[n] + sum over d of x[r, d] w[n, d], for n in [begin, end); bias may be null. Sums
// are in fp32, rounded once. Only where has_amx.
void amx_product(const TileRows& x, const Half* w, const Half* bias, int64_t begin, int64_t end,
                 Half* y, int64_t y_stride);

}  // namespace plumbline::nn::kernels
