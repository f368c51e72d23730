// Packed weights for tests.
#pragma once

#include <ATen/ATen.h>

#include "compare.h"
#include "plumbline/nn/packed_weight.h"

namespace plumbline::nn {

// All codes, with scales of both signs.
inline PackedWeight random_packed(int64_t out, int64_t in, int64_t bits, const char* name) {
  const int64_t most = (1 << bits) - 1;
  const at::Tensor noise = random_tensor({out, in * bits / 8}, name);
  const at::Tensor scales = random_tensor({out, 2, in / PackedWeight::kBlock}, "scales");
  return {.codes = (noise * 1e4).to(at::kLong).bitwise_and(255).to(at::kByte),
          .scales = (scales / static_cast<double>(most)).to(at::kHalf)};
}

// scale * code + minimum by operators, in fp32.
inline at::Tensor dense_values(const PackedWeight& weight) {
  const int64_t out = weight.num_out(), blocks = weight.num_in() / PackedWeight::kBlock;
  at::Tensor codes = weight.codes.view({out, blocks, -1}).to(at::kFloat);
  if (weight.bits() == 4) codes = at::cat({codes.remainder(16), (codes / 16).floor()}, 2);
  const at::Tensor scales = weight.scales.to(at::kFloat).unsqueeze(3);
  return (codes * scales.select(1, 0) + scales.select(1, 1)).view({out, -1});
}

}  // namespace plumbline::nn
