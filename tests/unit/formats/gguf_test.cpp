#include "plumbline/formats/gguf.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"
#include "tests/unit/formats/binary.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;

const std::string kFolder = "tests/golden/files/";

std::string string(const std::string& text) { return le<uint64_t>(text.size()) + text; }

std::string header(uint64_t num_tensors, uint64_t num_values, uint32_t version = 3) {
  return "GGUF" + le(version) + le(num_tensors) + le(num_values);
}
template <class T>
std::string value(const std::string& key, GgufKind kind, T number) {
  return string(key) + le(static_cast<uint32_t>(kind)) + le(number);
}
// Sizes innermost first, as in files.
std::string tensor(const std::string& name, const std::vector<uint64_t>& sizes, uint32_t type,
                   uint64_t offset) {
  std::string bytes = string(name) + le(static_cast<uint32_t>(sizes.size()));
  for (const uint64_t n : sizes) bytes += le(n);
  return bytes + le(type) + le(offset);
}
// Padded to 32 bytes, and `data_size` bytes of data.
std::string file(const std::string& head, size_t data_size) {
  return head + std::string((32 - head.size() % 32) % 32 + data_size, '\0');
}

GgufFile open(const std::string& bytes) { return GgufFile(FileView(bytes, "some.gguf")); }

std::string refusal(const std::string& bytes) {
  const std::string text = error_text<DataError>([&] { open(bytes); });
  EXPECT_THAT(text, HasSubstr("some.gguf"));
  return text;
}
// Of a file with just this tensor and 64 bytes of data.
std::string refused_tensor(const std::string& tensor) {
  return refusal(file(header(1, 0) + tensor, 64));
}

TEST(Gguf, ReadsWhatTheGgufPackageWrote) {
  const GgufFile file(kFolder + "metadata.gguf");
  const auto& all = file.metadata();
  EXPECT_EQ(all.at("general.architecture").text(), "llama");
  EXPECT_EQ(all.at("u8").integer(), 200);
  EXPECT_EQ(all.at("i8").integer(), -100);
  EXPECT_EQ(all.at("u16").integer(), 60000);
  EXPECT_EQ(all.at("i16").integer(), -30000);
  EXPECT_EQ(all.at("u32").integer(), 4000000000);
  EXPECT_EQ(all.at("i32").integer(), -2000000000);
  EXPECT_EQ(all.at("f32").real(), double{0.1f});
  EXPECT_EQ(all.at("bool").boolean(), true);
  EXPECT_EQ(all.at("string").text(), "caf\xc3\xa9");
  EXPECT_EQ(all.at("u64").kind(), GgufKind::U64);
  EXPECT_EQ(all.at("i64").integer(), INT64_MIN);
  EXPECT_EQ(all.at("f64").real(), 0.1);
  EXPECT_THAT(all.at("integers").integers().value(), testing::ElementsAre(1, -2, 3));
  EXPECT_THAT(all.at("reals").reals().value(), testing::ElementsAre(0.5, -1.5));
  EXPECT_EQ(all.at("bools").elements()->at(0).boolean(), true);
  EXPECT_THAT(all.at("strings").texts().value(), testing::ElementsAre("a", "", "\xc3\xa9"));
  EXPECT_THAT(all.at("bytes").integers().value(), testing::ElementsAre(0, 255));
  EXPECT_TRUE(file.tensors().empty());
}

TEST(Gguf, ShapesAreRowMajorAndDataIsAligned) {
  const GgufFile first(kFolder + "several.gguf");
  const GgufFile file = first;
  ASSERT_EQ(file.tensors().size(), 3u);
  const GgufTensor& cube = file.tensors().at("cube");
  EXPECT_EQ(cube.shape, (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(cube.type, GgufType::F16);
  EXPECT_EQ(cube.size, 48u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(cube.data) % 64, 0u);
  std::vector<float> values(24);
  dequantize(cube, values.data());
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], static_cast<float>(i));
  EXPECT_EQ(file.tensors().at("packed").shape, (std::vector<int64_t>{1, 64}));
}

TEST(Gguf, ReadsVersion2EmptyTensorsAndNumbersWithoutDimensions) {
  const std::string bytes = file(header(3, 0, 2) + tensor("none", {32, 0}, 8, 0) +
                                     tensor("one", {}, 0, 0) + tensor("two", {2}, 0, 32),
                                 40);
  const GgufFile read = open(bytes);
  EXPECT_EQ(read.tensors().at("none").num_values, 0);
  EXPECT_EQ(read.tensors().at("none").size, 0u);
  EXPECT_EQ(read.tensors().at("one").num_values, 1);
  EXPECT_EQ(read.tensors().at("two").size, 8u);
  EXPECT_TRUE(open(header(0, 0)).tensors().empty());
}

TEST(Gguf, RefusesOtherHeaders) {
  EXPECT_THAT(refusal("GGML" + header(0, 0).substr(4)), HasSubstr("another format"));
  EXPECT_THAT(refusal(header(0, 0, 1)), HasSubstr("version 2 or 3"));
  EXPECT_THAT(refusal(header(0, 0, 4)), HasSubstr("version 2 or 3"));
  EXPECT_THAT(refusal(header(0, 0, 0)), HasSubstr("version 2 or 3"));
  EXPECT_THAT(refusal(header(0, 0, 0x03000000)), HasSubstr("big-endian"));
  EXPECT_THAT(refusal(header(uint64_t{1} << 63, 0)), HasSubstr("at most 0 tensors"));
  EXPECT_THAT(refusal(header(0, UINT64_MAX)), HasSubstr("at most 0 values"));
  EXPECT_THROW(GgufFile(kFolder + "absent.gguf"), IoError);
}

TEST(Gguf, RefusesBrokenMetadata) {
  const std::string one = value<uint8_t>("k", GgufKind::U8, 1);
  EXPECT_THAT(refusal(header(0, 2) + one + one), HasSubstr("the key 'k' twice"));
  EXPECT_THAT(refusal(header(0, 1) + string("a long key") + le<uint32_t>(13)),
              HasSubstr("a type of value from 0 to 12"));
  EXPECT_THAT(refusal(header(0, 1) + le(uint64_t{1} << 63) + std::string(20, 'k')),
              HasSubstr("expected 9223372036854775808 more bytes"));
}

TEST(Gguf, RefusesOtherAlignments) {
  const auto of = [](const std::string& alignment) { return file(header(0, 1) + alignment, 0); };
  const std::string key = "general.alignment";
  for (const uint32_t n : {0u, 1u, 4u, 12u, 33u, 1u << 21, UINT32_MAX}) {
    EXPECT_THAT(refusal(of(value(key, GgufKind::U32, n))), HasSubstr("a power of two")) << n;
  }
  EXPECT_THAT(refusal(of(value(key, GgufKind::F32, std::numeric_limits<float>::quiet_NaN()))),
              HasSubstr("no integer"));
  EXPECT_THAT(refusal(of(value(key, GgufKind::U64, UINT64_MAX))), HasSubstr("no integer"));
  EXPECT_THAT(refusal(of(value(key, GgufKind::I64, INT64_MIN))), HasSubstr("a power of two"));
  EXPECT_NO_THROW(open(of(value(key, GgufKind::U32, 8u))));
}

TEST(Gguf, RefusesTypesByNumberAndName) {
  EXPECT_THAT(error_text<DataError>([] { GgufFile{kFolder + "Q5_0.gguf"}; }),
              HasSubstr("type 6 (Q5_0) of 'w'"));
  EXPECT_THAT(refused_tensor(tensor("w", {32}, 10, 0)), HasSubstr("type 10 (Q2_K)"));
  EXPECT_THAT(refused_tensor(tensor("w", {32}, 77, 0)), HasSubstr("type 77 (an unknown type)"));
}

TEST(Gguf, RefusesImpossibleShapes) {
  EXPECT_THAT(refused_tensor(tensor("w", {1, 1, 1, 1, 1}, 0, 0)), HasSubstr("at most 4"));
  EXPECT_THAT(refused_tensor(tensor("w", {uint64_t{1} << 63}, 0, 0)), HasSubstr("a size of"));
  const uint64_t half = uint64_t{1} << 32;
  EXPECT_THAT(refused_tensor(tensor("w", {half, half}, 0, 0)), HasSubstr("overflows"));
  EXPECT_THAT(refused_tensor(tensor("w", {half, half, 0}, 0, 0)), HasSubstr("overflows"));
  EXPECT_THAT(refused_tensor(tensor("w", {uint64_t{1} << 62}, 0, 0)), HasSubstr("overflows"));
  EXPECT_THAT(refused_tensor(tensor("w", {31}, 8, 0)), HasSubstr("blocks of 32"));
  EXPECT_THAT(refused_tensor(tensor("w", {128, 2}, 12, 0)), HasSubstr("blocks of 256"));
  EXPECT_THAT(refused_tensor(tensor("w", {}, 8, 0)), HasSubstr("blocks of 32"));
}

TEST(Gguf, RefusesTensorsThatOverlapOrLeaveTheFile) {
  EXPECT_THAT(refused_tensor(tensor("w", {17}, 0, 0)), HasSubstr("tensors within 64 bytes"));
  EXPECT_THAT(refused_tensor(tensor("w", {1}, 0, 96)), HasSubstr("tensors within 64 bytes"));
  EXPECT_THAT(refused_tensor(tensor("w", {1}, 0, UINT64_MAX - 31)), HasSubstr("tensors within"));
  EXPECT_THAT(refused_tensor(tensor("w", {1}, 0, 16)), HasSubstr("multiples of 32"));
  const auto two = [](const std::string& first, const std::string& second) {
    return refusal(file(header(2, 0) + first + second, 64));
  };
  EXPECT_THAT(two(tensor("a", {9}, 0, 0), tensor("b", {1}, 0, 32)),
              HasSubstr("'b' inside another tensor"));
  EXPECT_THAT(two(tensor("a", {1}, 0, 32), tensor("b", {9}, 0, 0)),
              HasSubstr("'a' inside another tensor"));
  EXPECT_THAT(two(tensor("a", {1}, 0, 0), tensor("a", {1}, 0, 32)),
              HasSubstr("the tensor 'a' twice"));
}

TEST(Gguf, EveryCutFileIsRefused) {
  const std::string whole = read_file(kFolder + "several.gguf");
  const GgufFile read = open(whole);
  // The package pads the last tensor too; without that padding the file is complete.
  const GgufTensor& last = read.tensors().at("packed");
  const size_t end =
      static_cast<size_t>(reinterpret_cast<const char*>(last.data) - whole.data()) + last.size;
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    if (size < end) {
      EXPECT_THROW(open(cut), DataError) << size;
    } else {
      EXPECT_NO_THROW(open(cut)) << size;
    }
  }
}

}  // namespace
}  // namespace plumbline::formats
