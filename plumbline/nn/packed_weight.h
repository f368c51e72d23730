// A weight matrix kept as small whole numbers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace plumbline::nn {

// A frozen matrix [out, in] whose values are scale * code + minimum, with codes of 4 or 8 bits and
// a scale and a minimum for every 32 values of a row. Blocks of GGUF's Q4_0, Q4_1 and Q8_0 have
// this form exactly. On the CPU.
struct PackedWeight {
  static constexpr int64_t kBlock = 32;

  // [out, in / 2] or [out, in] uint8. With 4 bits, byte i of a block's 16 holds value i in its low
  // and value i + 16 in its high half.
  at::Tensor codes = {};
  at::Tensor scales = {};  // [out, 2, in / 32] fp16, finite: a row's scales, then its minima

  bool is_defined() const { return codes.defined(); }
  int64_t num_out() const { return codes.size(0); }
  int64_t num_in() const { return scales.size(2) * kBlock; }
  int64_t bits() const { return 8 * codes.size(1) / num_in(); }
};

// [out, in]: computed in fp32, then rounded to `dtype`, fp32 or bfloat16. On the CPU only.
at::Tensor unpacked(const PackedWeight& weight, at::ScalarType dtype);

// The same for rows [begin, end) of a weight on the CPU, into memory for them, without threads.
void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, float* to);
void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, uint16_t* to_bfloat16);

}  // namespace plumbline::nn
