#include "plumbline/nn/packed_weight.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "plumbline/base/error.h"
#include "plumbline/nn/bf16_product.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/packed_product.h"

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

template <class T>
void unpack(const PackedWeight& weight, int64_t begin, int64_t end, T* to) {
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
