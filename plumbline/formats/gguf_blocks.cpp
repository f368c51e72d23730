#include "plumbline/formats/gguf_blocks.h"

#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

constexpr int kSmall = 32;   // values of a block
constexpr int kLarge = 256;  // values of a block of the K types
constexpr size_t kHalf = sizeof(uint16_t);

constexpr std::array<std::pair<uint32_t, std::string_view>, 34> kNames = {{
    {0, "F32"},     {1, "F16"},    {2, "Q4_0"},     {3, "Q4_1"},    {6, "Q5_0"},     {7, "Q5_1"},
    {8, "Q8_0"},    {9, "Q8_1"},   {10, "Q2_K"},    {11, "Q3_K"},   {12, "Q4_K"},    {13, "Q5_K"},
    {14, "Q6_K"},   {15, "Q8_K"},  {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"},
    {20, "IQ4_NL"}, {21, "IQ3_S"}, {22, "IQ2_S"},   {23, "IQ4_XS"}, {24, "I8"},      {25, "I16"},
    {26, "I32"},    {27, "I64"},   {28, "F64"},     {29, "IQ1_M"},  {30, "BF16"},    {34, "TQ1_0"},
    {35, "TQ2_0"},  {39, "MXFP4"}, {40, "NVFP4"},   {41, "Q1_0"},
}};

uint32_t byte_at(const std::byte* bytes, int i) { return std::to_integer<uint32_t>(bytes[i]); }

float half_at(const std::byte* bytes) {
  uint16_t half = 0;
  std::memcpy(&half, bytes, kHalf);
  const uint32_t sign = uint32_t{half} >> 15 << 31;
  const uint32_t exponent = half >> 10 & 0x1f;
  const uint32_t mantissa = half & 0x3ff;
  if (exponent == 0) {  // zero and subnormal numbers, in units of 2^-24
    return std::bit_cast<float>(sign |
                                std::bit_cast<uint32_t>(static_cast<float>(mantissa) * 0x1p-24f));
  }
  const uint32_t wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

void from_f32(const std::byte* from, float* to) { std::memcpy(to, from, sizeof(float)); }

void from_f16(const std::byte* from, float* to) { *to = half_at(from); }

void from_bf16(const std::byte* from, float* to) {
  uint16_t top = 0;
  std::memcpy(&top, from, sizeof top);
  *to = std::bit_cast<float>(uint32_t{top} << 16);
}

// Scale d, 32 signed bytes: d q.
void from_q8_0(const std::byte* from, float* to) {
  const float d = half_at(from);
  for (int i = 0; i < kSmall; ++i) {
    to[i] = d * static_cast<float>(static_cast<int8_t>(from[kHalf + static_cast<size_t>(i)]));
  }
}

// Scale d, then 16 bytes whose low nibbles are the first 16 values: d (q - 8).
void from_q4_0(const std::byte* from, float* to) {
  const float d = half_at(from);
  for (int i = 0; i < kSmall / 2; ++i) {
    const uint32_t two = byte_at(from + kHalf, i);
    to[i] = d * static_cast<float>(static_cast<int>(two & 0xf) - 8);
    to[i + kSmall / 2] = d * static_cast<float>(static_cast<int>(two >> 4) - 8);
  }
}

// Scale d, minimum m, nibbles as in Q4_0: d q + m.
void from_q4_1(const std::byte* from, float* to) {
  const float d = half_at(from), m = half_at(from + kHalf);
  for (int i = 0; i < kSmall / 2; ++i) {
    const uint32_t two = byte_at(from + 2 * kHalf, i);
    to[i] = d * static_cast<float>(two & 0xf) + m;
    to[i + kSmall / 2] = d * static_cast<float>(two >> 4) + m;
  }
}

// Scale and minimum of sub-block j of 8, 6 bits each in 12 bytes: those of the first four lie in
// the low bits of bytes 0-3 and 4-7; of the others, the nibbles of bytes 8-11 are the low bits and
// the top bits of bytes 0-7 the high ones.
std::pair<uint32_t, uint32_t> scale_and_minimum(const std::byte* packed, int j) {
  if (j < 4) return {byte_at(packed, j) & 0x3f, byte_at(packed, j + 4) & 0x3f};
  const uint32_t low = byte_at(packed, j + 4);
  return {(low & 0xf) | byte_at(packed, j - 4) >> 6 << 4, low >> 4 | byte_at(packed, j) >> 6 << 4};
}

// Scales d and e, 12 bytes of sub-block scales s and minima m, 128 bytes of nibbles: each 32 bytes
// hold one sub-block in their low and the next in their high nibbles. Values: d s q - e m.
void from_q4_k(const std::byte* from, float* to) {
  const float d = half_at(from), e = half_at(from + kHalf);
  const std::byte* packed = from + 2 * kHalf;
  const std::byte* nibbles = packed + 12;
  for (int j = 0; j < kLarge / kSmall; ++j) {
    const auto [s, m] = scale_and_minimum(packed, j);
    const float scale = d * static_cast<float>(s), minimum = e * static_cast<float>(m);
    const std::byte* bytes = nibbles + j / 2 * kSmall;
    const int shift = j % 2 * 4;
    for (int i = 0; i < kSmall; ++i) {
      to[j * kSmall + i] = scale * static_cast<float>(byte_at(bytes, i) >> shift & 0xf) - minimum;
    }
  }
}

// 128 bytes of low nibbles, 64 bytes of two high bits, 16 signed scales s of 16 values each, scale
// d. Each half of the block has four runs of 32 values: low and high nibbles of 64 bytes, and bits
// 0-1 to 6-7 of 32 bytes. Values: d s (q - 32).
void from_q6_k(const std::byte* from, float* to) {
  const std::byte* scales = from + 192;
  const float d = half_at(from + 208);
  for (int run = 0; run < kLarge / kSmall; ++run) {
    const int half = run / 4, part = run % 4;
    const std::byte* low = from + half * 64 + part % 2 * 32;
    const std::byte* high = from + 128 + half * 32;
    for (int i = 0; i < kSmall; ++i) {
      const uint32_t q =
          (byte_at(low, i) >> part / 2 * 4 & 0xf) | (byte_at(high, i) >> part * 2 & 3) << 4;
      const auto s = static_cast<int8_t>(scales[run * 2 + i / 16]);
      to[run * kSmall + i] =
          d * static_cast<float>(s) * static_cast<float>(static_cast<int>(q) - 32);
    }
  }
}

// The function is a constant, so that the blocks' loops are inlined into this one.
template <void (*kFromBlock)(const std::byte*, float*)>
void each_block(GgufBlock block, const std::byte* blocks, int64_t num_values, float* values) {
  for (int64_t i = 0; i < num_values; i += block.num_values, blocks += block.size) {
    kFromBlock(blocks, values + i);
  }
}

}  // namespace

std::string gguf_type_name(uint32_t id) {
  for (const auto& [known, name] : kNames) {
    if (known == id) return std::string(name);
  }
  return "an unknown type";
}

std::optional<GgufType> find_gguf_type(uint32_t id) {
  switch (static_cast<GgufType>(id)) {
    case GgufType::F32:
    case GgufType::F16:
    case GgufType::Q4_0:
    case GgufType::Q4_1:
    case GgufType::Q8_0:
    case GgufType::Q4_K:
    case GgufType::Q6_K:
    case GgufType::BF16:
      return static_cast<GgufType>(id);
  }
  return std::nullopt;
}

GgufBlock gguf_block(GgufType type) {
  switch (type) {
    case GgufType::F32:
      return {1, sizeof(float)};
    case GgufType::F16:
    case GgufType::BF16:
      return {1, kHalf};
    case GgufType::Q4_0:
      return {kSmall, kHalf + 16};
    case GgufType::Q4_1:
      return {kSmall, 2 * kHalf + 16};
    case GgufType::Q8_0:
      return {kSmall, kHalf + 32};
    case GgufType::Q4_K:
      return {kLarge, 2 * kHalf + 12 + 128};
    case GgufType::Q6_K:
      return {kLarge, 128 + 64 + 16 + kHalf};
  }
  throw InternalError("unknown GGUF type");
}

void dequantize(GgufType type, const std::byte* blocks, int64_t num_values, float* values) {
  const GgufBlock block = gguf_block(type);
  PLUMBLINE_CHECK(
      num_values % block.num_values == 0,
      std::to_string(num_values) + " values in blocks of " + std::to_string(block.num_values));
  switch (type) {
    case GgufType::F32:
      return each_block<from_f32>(block, blocks, num_values, values);
    case GgufType::F16:
      return each_block<from_f16>(block, blocks, num_values, values);
    case GgufType::BF16:
      return each_block<from_bf16>(block, blocks, num_values, values);
    case GgufType::Q4_0:
      return each_block<from_q4_0>(block, blocks, num_values, values);
    case GgufType::Q4_1:
      return each_block<from_q4_1>(block, blocks, num_values, values);
    case GgufType::Q8_0:
      return each_block<from_q8_0>(block, blocks, num_values, values);
    case GgufType::Q4_K:
      return each_block<from_q4_k>(block, blocks, num_values, values);
    case GgufType::Q6_K:
      return each_block<from_q6_k>(block, blocks, num_values, values);
  }
}

}  // namespace plumbline::formats
