#include "plumbline/formats/safetensors.h"

#include <gmock/gmock.h>

#include <cstring>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using support::FileSizeLimit;
using support::Scratch;
using testing::HasSubstr;

class Safetensors : public Scratch {};

ArrayView view(Dtype dtype, std::vector<int64_t> shape, const std::string& bytes) {
  return {dtype, std::move(shape), reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
}
std::string bytes_of(const ArrayView& array) {
  return {reinterpret_cast<const char*>(array.data), array.size};
}
// A file with this header length, header and buffer.
std::string file(uint64_t length, const std::string& header, const std::string& buffer) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + buffer;
}

TEST_F(Safetensors, ReadsBackEveryTypeBitForBit) {
  const std::string eight("\x01\x00\xff\x80\x7f\x00\x00\xf8", 8);
  Arrays arrays;
  for (const Dtype dtype : {Dtype::F64, Dtype::I64, Dtype::F32, Dtype::I32, Dtype::F16, Dtype::BF16,
                            Dtype::I16, Dtype::I8, Dtype::U8, Dtype::Bool}) {
    const auto count = static_cast<int64_t>(8 / dtype_size(dtype));
    arrays["of " + std::string(dtype_name(dtype))] = view(dtype, {1, count}, eight);
  }
  const std::string two = "xy", none;
  arrays["\"scalar\"/\xc3\xa4"] = view(Dtype::F16, {}, two);
  arrays["empty"] = view(Dtype::F32, {0, 3}, none);
  write_safetensors(path("a"), arrays, {{"format", "pt"}, {"made", "here"}});

  const SafetensorsFile read(path("a"));
  EXPECT_EQ(read.metadata(), (Metadata{{"format", "pt"}, {"made", "here"}}));
  ASSERT_EQ(read.arrays().size(), arrays.size());
  for (const auto& [name, array] : arrays) {
    const ArrayView& back = read.arrays().at(name);
    EXPECT_EQ(back.dtype, array.dtype) << name;
    EXPECT_EQ(back.shape, array.shape) << name;
    EXPECT_EQ(bytes_of(back), bytes_of(array)) << name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(back.data) % dtype_size(back.dtype), 0u) << name;
  }
}

TEST_F(Safetensors, WritesTheDocumentedBytes) {
  const std::string one = "1", two = "22";
  write_safetensors(path("a"), {{"a", view(Dtype::U8, {1}, one)}, {"b", view(Dtype::F16, {}, two)}},
                    {});
  const std::string header = R"({"b":{"dtype":"F16","shape":[],"data_offsets":[0,2]},)"
                             R"("a":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})";
  std::string padded = header;
  padded.append((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(read_file(path("a")), file(padded.size(), padded, "221"));
}

TEST_F(Safetensors, AFileOutlivesItsReplacement) {
  const std::string before = "old", after = "new";
  write_safetensors(path("a"), {{"x", view(Dtype::U8, {3}, before)}});
  const SafetensorsFile read(path("a"));
  write_safetensors(path("a"), {{"x", view(Dtype::U8, {3}, after)}});
  EXPECT_EQ(bytes_of(read.arrays().at("x")), "old");
  EXPECT_EQ(bytes_of(SafetensorsFile(path("a")).arrays().at("x")), "new");
}

TEST_F(Safetensors, RefusesBrokenFilesByName) {
  const auto refusal = [&](const std::string& bytes) {
    write_file(path("bad.safetensors"), bytes);
    const std::string text =
        error_text<DataError>([&] { SafetensorsFile{path("bad.safetensors")}; });
    EXPECT_THAT(text, HasSubstr("bad.safetensors"));
    return text;
  };
  EXPECT_THAT(refusal(""), HasSubstr("expected at least 8 bytes, got 0 bytes"));
  EXPECT_THAT(refusal("1234567"), HasSubstr("got 7 bytes"));
  EXPECT_THAT(refusal(file(3, "{}", "")), HasSubstr("a header of at most 2 bytes, got 3"));
  EXPECT_THAT(refusal(file(UINT64_MAX, "{}", "")), HasSubstr("got 18446744073709551615"));
  EXPECT_THAT(refusal(file(0, "", "")), HasSubstr("does not start with '{'"));
  EXPECT_THAT(refusal(file(2, "{}", "x")), HasSubstr("need 0 bytes, but the buffer has 1"));
}

TEST_F(Safetensors, EveryCutFileIsRefused) {
  const std::string data(24, 'd');
  write_safetensors(path("a"), {{"x", view(Dtype::F32, {2, 3}, data)}});
  const std::string whole = read_file(path("a"));
  for (size_t size = 0; size < whole.size(); ++size) {
    write_file(path("cut"), whole.substr(0, size));
    EXPECT_THROW(SafetensorsFile{path("cut")}, DataError) << size;
  }
}

TEST_F(Safetensors, MissingFilesAndFoldersAreIoErrors) {
  EXPECT_THAT(error_text<IoError>([&] { SafetensorsFile{path("absent")}; }), HasSubstr("absent"));
  EXPECT_THROW(SafetensorsFile{folder_.string()}, DataError);
  EXPECT_THROW(write_safetensors(path("no/such/folder"), {}), IoError);
}

TEST_F(Safetensors, AFullDiskKeepsTheOldFile) {
  const std::string small = "old", large(1 << 20, 'n');
  write_safetensors(path("a"), {{"x", view(Dtype::U8, {3}, small)}});
  {
    const FileSizeLimit limit(64 << 10);
    EXPECT_THROW(write_safetensors(path("a"), {{"x", view(Dtype::U8, {1 << 20}, large)}}), IoError);
  }
  EXPECT_EQ(bytes_of(SafetensorsFile(path("a")).arrays().at("x")), "old");
  EXPECT_FALSE(fs::exists(path("a") + kAsideSuffix));
}

TEST_F(Safetensors, SizesThatDisagreeAreAnInternalError) {
  const std::string three = "abc";
  EXPECT_THROW(write_safetensors(path("a"), {{"x", view(Dtype::F32, {1}, three)}}), InternalError);
}

}  // namespace
}  // namespace plumbline::formats
