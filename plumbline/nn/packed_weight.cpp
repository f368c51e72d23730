#include "plumbline/nn/packed_weight.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "plumbline/base/error.h"
#include "plumbline/nn/bf16_product.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/nf4_scales.h"
#include "plumbline/nn/packed_product.h"
#include "plumbline/nn/quantize.h"

namespace plumbline::nn {
namespace {

using kernels::Half;

void unpack_row(const uint8_t* codes, const Half* scales, int64_t blocks, int64_t bits, float* to) {
  const kernels::InferenceLoops& loops = kernels::inference_loops();
  (bits == 4 ? loops.unpack_nibbles : loops.unpack_bytes)(codes, scales, blocks, to);
}
void unpack_row(const uint8_t* codes, const Half* scales, int64_t blocks, int64_t bits, Half* to) {
  if (kernels::has_bf16_dot()) return kernels::unpack_bf16(codes, scales, blocks, bits, to);
  const kernels::InferenceLoops& loops = kernels::inference_loops();
  (bits == 4 ? loops.unpack_nibbles_bf16 : loops.unpack_bytes_bf16)(codes, scales, blocks, to);
}

void store(float value, float* to) { *to = value; }
void store(float value, Half* to) { *to = c10::BFloat16(value).x; }

template <class T>
void unpack_nf4(const PackedWeight& weight, int64_t begin, int64_t end, T* to) {
  // Both values of a byte.
  static const auto pairs = [] {
    std::array<std::array<float, 2>, 256> table{};
    for (size_t byte = 0; byte < 256; ++byte) {
      table[byte] = {nf4_values()[byte >> 4], nf4_values()[byte & 15]};
    }
    return table;
  }();
  const int64_t count = weight.num_out() * weight.num_in();
  const Nf4Scales scales(const_cast<uint8_t*>(weight.scales.const_data_ptr<uint8_t>()),
                         (count + Nf4Scales::kBlock - 1) / Nf4Scales::kBlock);
  const auto* codes = weight.codes.const_data_ptr<uint8_t>();
  const int64_t last = end * weight.num_in();
  for (int64_t i = begin * weight.num_in(); i < last;) {
    const int64_t block = i / Nf4Scales::kBlock;
    const float scale =
        dynamic_values()[scales.codes[block]] * scales.outer[block / Nf4Scales::kGroup] +
        *scales.offset;
    const int64_t stop = std::min(last, (block + 1) * Nf4Scales::kBlock);
    for (; i < stop; i += 2, to += 2) {
      const auto& pair = pairs[codes[i / 2]];
      store(pair[0] * scale, to);
      store(pair[1] * scale, to + 1);
    }
  }
}

template <class T>
void unpack_int8(const PackedWeight& weight, int64_t begin, int64_t end, T* to) {
  constexpr float kSteps = 1.0F / 127;
  const int64_t width = weight.num_in();
  const auto* codes = reinterpret_cast<const int8_t*>(weight.codes.const_data_ptr<uint8_t>());
  const auto* scales = weight.scales.const_data_ptr<float>();
  for (int64_t n = begin; n < end; ++n) {
    for (int64_t i = n * width; i < (n + 1) * width; ++i) {
      store(static_cast<float>(codes[i]) * scales[n] * kSteps, to++);
    }
  }
}

template <class T>
void unpack(const PackedWeight& weight, int64_t begin, int64_t end, T* to) {
  if (weight.form() == PackedForm::Nf4) return unpack_nf4(weight, begin, end, to);
  if (weight.form() == PackedForm::Int8Rows) return unpack_int8(weight, begin, end, to);
  const int64_t width = weight.num_in(), blocks = width / PackedWeight::kBlock;
  const int64_t row_bytes = weight.codes.size(1), bits = weight.bits();
  const auto* codes = weight.codes.const_data_ptr<uint8_t>() + begin * row_bytes;
  const Half* scales = halves(weight.scales) + begin * 2 * blocks;
  for (int64_t n = begin; n < end; ++n) {
    unpack_row(codes, scales, blocks, bits, to);
    codes += row_bytes, scales += 2 * blocks, to += width;
  }
}

}  // namespace

at::Tensor unpacked(const PackedWeight& weight, at::ScalarType dtype) {
  PLUMBLINE_CHECK(weight.codes.is_cpu(), "packed weights stay on the CPU");
  const int64_t width = weight.num_in();
  at::Tensor dense = at::empty({weight.num_out(), width}, at::dtype(dtype));
  at::parallel_for(0, weight.num_out(), kernels::grain(2 * width), [&](int64_t begin, int64_t end) {
    if (dtype == at::kFloat) {
      unpack(weight, begin, end, dense.data_ptr<float>() + begin * width);
    } else {
      TORCH_INTERNAL_ASSERT(dtype == at::kBFloat16);
      unpack(weight, begin, end, mutable_halves(dense) + begin * width);
    }
  });
  return dense;
}

void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, float* to) {
  unpack(weight, begin, end, to);
}
void unpack_rows(const PackedWeight& weight, int64_t begin, int64_t end, uint16_t* to_bfloat16) {
  unpack(weight, begin, end, to_bfloat16);
}

}  // namespace plumbline::nn
