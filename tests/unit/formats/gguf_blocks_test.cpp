#include "plumbline/formats/gguf_blocks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "plumbline/base/error.h"
#include "plumbline/formats/gguf.h"
#include "plumbline/formats/safetensors.h"
#include "tests/unit/formats/binary.h"

namespace plumbline::formats {
namespace {

const std::string kFolder = "tests/golden/files/";

std::vector<float> values_of(GgufType type, const std::string& blocks, int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  dequantize(type, reinterpret_cast<const std::byte*>(blocks.data()), count, values.data());
  return values;
}

class GgufBlocksGolden : public testing::TestWithParam<std::string> {};

// Bit for bit: gguf.quants computes with the same float32 operations, see the header.
TEST_P(GgufBlocksGolden, HasTheBitsOfTheGgufPackage) {
  const SafetensorsFile all(kFolder + "expected_gguf.safetensors");
  const ArrayView& expected = all.arrays().at(GetParam());
  const GgufFile file(kFolder + GetParam() + ".gguf");
  const GgufTensor& tensor = file.tensors().at("w");
  EXPECT_EQ(gguf_type_name(static_cast<uint32_t>(tensor.type)), GetParam());
  ASSERT_EQ(tensor.shape, expected.shape);
  std::vector<float> values(static_cast<size_t>(tensor.num_values));
  dequantize(tensor, values.data());
  ASSERT_EQ(values.size() * sizeof(float), expected.size);
  EXPECT_EQ(std::memcmp(values.data(), expected.data, expected.size), 0);
}

INSTANTIATE_TEST_SUITE_P(GgufBlocks, GgufBlocksGolden,
                         testing::Values("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K",
                                         "Q6_K"));

// The definition: (-1)^s 2^(e - 15) (1 + m / 1024), and 2^-14 m / 1024 for e = 0.
float half_by_definition(uint16_t half) {
  const int exponent = half >> 10 & 0x1f, mantissa = half & 0x3ff;
  const double size =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return static_cast<float>(half >> 15 ? -size : size);
}

TEST(GgufBlocks, EveryHalfIsExact) {
  for (uint32_t i = 0; i < 0x10000; ++i) {
    const auto half = static_cast<uint16_t>(i);
    const float value = values_of(GgufType::F16, le(half), 1)[0];
    if ((half & 0x7c00) != 0x7c00) {
      EXPECT_EQ(value, half_by_definition(half)) << i;
    } else if ((half & 0x3ff) == 0) {
      EXPECT_TRUE(std::isinf(value)) << i;
    } else {
      EXPECT_TRUE(std::isnan(value)) << i;
    }
    EXPECT_EQ(std::signbit(value), half >> 15 != 0) << i;
  }
}

TEST(GgufBlocks, NibblesAreInTheirPlaces) {
  const std::string one = le<uint16_t>(0x3c00), two = le<uint16_t>(0x4000);
  std::string nibbles(16, '\0');
  nibbles[0] = '\x5a';
  nibbles[15] = '\xf1';
  const std::vector<float> q4_0 = values_of(GgufType::Q4_0, two + nibbles, 32);
  EXPECT_EQ(q4_0[0], 2 * (10 - 8));
  EXPECT_EQ(q4_0[16], 2 * (5 - 8));
  EXPECT_EQ(q4_0[15], 2 * (1 - 8));
  EXPECT_EQ(q4_0[31], 2 * (15 - 8));
  const std::vector<float> q4_1 = values_of(GgufType::Q4_1, two + one + nibbles, 32);
  EXPECT_EQ(q4_1[0], 2 * 10 + 1);
  EXPECT_EQ(q4_1[31], 2 * 15 + 1);
  EXPECT_EQ(q4_1[1], 1);
}

TEST(GgufBlocks, KnowsTypesAndNames) {
  EXPECT_EQ(find_gguf_type(14), GgufType::Q6_K);
  EXPECT_EQ(find_gguf_type(6), std::nullopt);
  EXPECT_EQ(find_gguf_type(UINT32_MAX), std::nullopt);
  EXPECT_EQ(gguf_type_name(6), "Q5_0");
  EXPECT_EQ(gguf_type_name(99), "an unknown type");
  EXPECT_EQ(gguf_block(GgufType::Q4_K).num_values, 256);
  EXPECT_EQ(gguf_block(GgufType::Q4_K).size, 144u);
  EXPECT_EQ(gguf_block(GgufType::Q6_K).size, 210u);
  EXPECT_EQ(gguf_block(GgufType::Q8_0).size, 34u);
}

TEST(GgufBlocks, PartsOfBlocksAreAnInternalError) {
  EXPECT_THROW(values_of(GgufType::Q8_0, std::string(34, '\0'), 31), InternalError);
}

}  // namespace
}  // namespace plumbline::formats
