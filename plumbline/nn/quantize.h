// Weights as 4-bit or 8-bit codes, for a frozen base that adapters train on.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>

#include "plumbline/nn/packed_weight.h"

namespace plumbline::nn {

// NF4 with double quantisation: codes of 4 bits, a scale for each 64 values of the flattened
// weight, and these scales as codes of 8 bits. Numbers and layout of the codes are those of
// bitsandbytes 0.50 (docs/quantization-layout.md). weight [out, in], in even, on any device; the
// result is on the CPU. Source: Dettmers et al. 2023 (arXiv 2305.14314).
PackedWeight pack_nf4(const at::Tensor& weight);

// 8 bits, and one scale for each row: its largest magnitude / 127.
PackedWeight pack_int8(const at::Tensor& weight);

// The sixteen values of NF4, ascending.
const std::array<float, 16>& nf4_values();
// The 256 values that scales of NF4 are quantised to, ascending.
const std::array<float, 256>& dynamic_values();

}  // namespace plumbline::nn
