// A weight matrix kept as small whole numbers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace plumbline::nn {

// How the numbers of a packed weight are made of its codes.
enum class PackedForm {
  // scale * code + minimum, with codes of 4 or 8 bits and a scale and a minimum for every 32 values
  // of a row: blocks of GGUF's Q4_0, Q4_1 and Q8_0 exactly.
  Blocks,
  Nf4,      // a table's value * scale; quantize.h
  Int8Rows  // code * scale of the row; quantize.h
};

// A frozen matrix [out, in]. On the CPU.
struct PackedWeight {
  static constexpr int64_t kBlock = 32;  // of PackedForm::Blocks

  // [out, in / 2] or [out, in] uint8. Of 4-bit blocks, byte i of 16 holds value i in its low and
  // value i + 16 in its high half; of NF4, value 2 i in its high and value 2 i + 1 in its low half.
  at::Tensor codes = {};
  // Its type tells the form. Blocks: [out, 2, in / 32] fp16, finite, a row's scales, then its
  // minima. Nf4: Nf4Scales as bytes. Int8Rows: [out] fp32.
  at::Tensor scales = {};

  bool is_defined() const { return codes.defined(); }
  PackedForm form() const {
    return scales.scalar_type() == c10::ScalarType::Half   ? PackedForm::Blocks
           : scales.scalar_type() == c10::ScalarType::Byte ? PackedForm::Nf4
                                                           : PackedForm::Int8Rows;
  }
  int64_t num_out() const { return codes.size(0); }
  int64_t num_in() const {
    return form() == PackedForm::Blocks ? scales.size(2) * kBlock
           : form() == PackedForm::Nf4  ? codes.size(1) * 2
                                        : codes.size(1);
  }
  int64_t bits() const { return 8 * codes.size(1) / num_in(); }
  int64_t nbytes() const { return static_cast<int64_t>(codes.nbytes() + scales.nbytes()); }
};

// [out, in]: computed in fp32, then rounded to `dtype`, fp32 or bfloat16. On the CPU only.
at::Tensor unpacked(const PackedWeight& weight, at::ScalarType dtype);

// The same for rows [begin, end) of a weight on the CPU, into memory for them, without threads.
void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, float* to);
void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, uint16_t* to_bfloat16);

}  // namespace plumbline::nn
