#include "plumbline/formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/formats/safetensors_header.h"

namespace plumbline::formats {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint64_t kLengthSize = 8;
constexpr uint64_t kMaxHeaderSize = 100'000'000;

DataError bad_file(const std::string& path, const std::string& expected, const std::string& got) {
  return DataError({.component = "safetensors",
                    .doing = "reading",
                    .expected = expected,
                    .got = got,
                    .where = path,
                    .hint = "the file is damaged, incomplete or of another format."});
}

void check(const std::string& name, const ArrayView& array) {
  size_t bytes = dtype_size(array.dtype);
  for (const int64_t n : array.shape) bytes *= static_cast<size_t>(n);
  PLUMBLINE_CHECK(bytes == array.size,
                  fmt::format("'{}' has {} bytes, its shape needs {}", name, array.size, bytes));
  PLUMBLINE_CHECK(name != "__metadata__", "a name reserved by the format");
}

std::vector<Arrays::const_pointer> file_order(const Arrays& arrays) {
  std::vector<Arrays::const_pointer> order;
  for (const auto& item : arrays) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return dtype_size(a->second.dtype) > dtype_size(b->second.dtype);
  });
  return order;
}

// Length and header, padded so that the buffer starts at a multiple of 8.
std::string header_bytes(const std::vector<Arrays::const_pointer>& order,
                         const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t begin = 0;
  for (const auto* item : order) {
    const auto& [name, array] = *item;
    const uint64_t end = begin + array.size;
    header[name] = {
        {"dtype", dtype_name(array.dtype)}, {"shape", array.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  std::string bytes(kLengthSize, '\0');
  std::memcpy(bytes.data(), &length, kLengthSize);
  return bytes + text;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : SafetensorsFile(FileView(path)) {}

SafetensorsFile::SafetensorsFile(const FileView& file) : file_(file) {
  const std::string_view bytes = file_.bytes();
  if (bytes.size() < kLengthSize) {
    throw bad_file(path(), "at least 8 bytes", fmt::format("{} bytes", bytes.size()));
  }
  uint64_t header_size = 0;
  std::memcpy(&header_size, bytes.data(), kLengthSize);
  const uint64_t rest = bytes.size() - kLengthSize;
  if (header_size > std::min(kMaxHeaderSize, rest)) {
    throw bad_file(path(),
                   fmt::format("a header of at most {} bytes", std::min(kMaxHeaderSize, rest)),
                   fmt::format("{}", header_size));
  }
  const std::string_view buffer = bytes.substr(kLengthSize + header_size);
  Header header = parse_header(bytes.substr(kLengthSize, header_size), buffer.size(), path());
  for (auto& [name, entry] : header.entries) {
    arrays_[name] = {.dtype = entry.dtype,
                     .shape = std::move(entry.shape),
                     .data = reinterpret_cast<const std::byte*>(buffer.data()) + entry.begin,
                     .size = static_cast<size_t>(entry.end - entry.begin)};
  }
  metadata_ = std::move(header.metadata);
}

void write_safetensors(const std::string& path, const Arrays& arrays, const Metadata& metadata) {
  for (const auto& [name, array] : arrays) check(name, array);
  const auto order = file_order(arrays);
  const std::string header = header_bytes(order, metadata);
  std::vector<std::string_view> parts = {header};
  for (const auto* item : order) {
    const ArrayView& array = item->second;
    parts.emplace_back(reinterpret_cast<const char*>(array.data), array.size);
  }
  write_file(path, parts);
}

}  // namespace plumbline::formats
