// The element types of GGUF tensors, most of them blocks of quantised values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace plumbline::formats {

// Types Plumbline reads, as files number them.
enum class GgufType : uint32_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q4_1 = 3,
  Q8_0 = 8,
  Q4_K = 12,
  Q6_K = 14,
  BF16 = 30,
};

// A row consists of whole blocks; unquantised types have blocks of one value.
struct GgufBlock {
  int64_t num_values = 1;
  size_t size = 0;  // bytes
};

std::optional<GgufType> find_gguf_type(uint32_t id);  // nothing for types that are not read
std::string gguf_type_name(uint32_t id);  // "Q5_0", for any id; "an unknown type" beyond those
GgufBlock gguf_block(GgufType type);

// Writes `num_values` floats, a multiple of the block's values, from blocks at any alignment. The
// results have the bits of gguf.quants.dequantize (gguf 0.19): every product of a scale and its
// quants is exact in float32 but Q6_K's, whose two products are rounded in the same order.
// Source: ggml's block layouts, ggml-common.h.
void dequantize(GgufType type, const std::byte* blocks, int64_t num_values, float* values);

}  // namespace plumbline::formats
