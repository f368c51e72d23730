#include "plumbline/formats/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "plumbline/formats/byte_reader.h"

namespace plumbline::formats {
namespace {

constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr uint32_t kOldestVersion = 2, kNewestVersion = 3;
constexpr uint64_t kLeastValue = 8 + 4 + 1;       // bytes of a key, a type and a value
constexpr uint64_t kLeastTensor = 8 + 4 + 4 + 8;  // bytes of a name, rank, type and offset
constexpr uint64_t kMaxDimensions = 4;            // ggml's own limit
constexpr uint64_t kDefaultAlignment = 32, kLeastAlignment = 8, kMaxAlignment = 1 << 20;
constexpr char kAlignmentKey[] = "general.alignment";

struct Counts {
  uint64_t tensors = 0;
  uint64_t values = 0;
};

// A tensor whose data is still to be found.
struct TensorInfo {
  std::string name;
  GgufTensor tensor;
  uint64_t offset = 0;  // into the data
};

uint64_t read_count(ByteReader& in, uint64_t least_size, const char* what) {
  const auto count = in.number<uint64_t>();
  const uint64_t most = in.rest() / least_size;
  if (count > most) in.fail(fmt::format("{}", count), fmt::format("at most {} {}", most, what));
  return count;
}

Counts read_header(ByteReader& in) {
  if (in.number<uint32_t>() != kMagic) in.fail("another format", "a GGUF file");
  const auto version = in.number<uint32_t>();
  if (version != 0 && (version & 0xffff) == 0) in.fail("a big-endian file", "a little-endian file");
  if (version < kOldestVersion || version > kNewestVersion) {
    in.fail(fmt::format("{}", version), "version 2 or 3");
  }
  Counts counts;
  counts.tensors = read_count(in, kLeastTensor, "tensors");
  counts.values = read_count(in, kLeastValue, "values");
  return counts;
}

std::string read_name(ByteReader& in) { return std::string(in.take(in.number<uint64_t>())); }

GgufFile::Metadata read_metadata(ByteReader& in, uint64_t count) {
  GgufFile::Metadata metadata;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string key = read_name(in);
    const GgufKind kind = read_gguf_kind(in);
    if (!metadata.emplace(key, GgufValue::read(kind, in)).second) {
      in.fail(fmt::format("the key '{}' twice", key));
    }
  }
  return metadata;
}

uint64_t alignment_of(const GgufFile::Metadata& metadata, const ByteReader& in) {
  const auto found = metadata.find(kAlignmentKey);
  if (found == metadata.end()) return kDefaultAlignment;
  const std::optional<int64_t> value = found->second.integer();
  const uint64_t alignment = value && *value > 0 ? static_cast<uint64_t>(*value) : 0;
  const bool is_good = alignment >= kLeastAlignment && alignment <= kMaxAlignment &&
                       (alignment & (alignment - 1)) == 0;
  if (!is_good) {
    in.fail(value ? fmt::format("{}", *value) : "no integer",
            fmt::format("{} to be a power of two from 8 to 2^20", kAlignmentKey));
  }
  return alignment;
}

// Sets num_values and size from type and shape.
void measure(ByteReader& in, const std::string& name, GgufTensor& tensor) {
  const GgufBlock block = gguf_block(tensor.type);
  int64_t values = 1, bytes = 0;
  bool overflows = false, is_empty = false;
  for (const int64_t n : tensor.shape) {
    is_empty = is_empty || n == 0;  // which does not excuse the other sizes
    overflows = overflows || __builtin_mul_overflow(values, std::max<int64_t>(n, 1), &values);
  }
  overflows = overflows || __builtin_mul_overflow(values, static_cast<int64_t>(block.size), &bytes);
  if (overflows) in.fail(fmt::format("a shape of '{}' that overflows", name));
  const int64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
  if (row % block.num_values != 0) {
    in.fail(fmt::format("rows of {} values in '{}'", row, name),
            fmt::format("blocks of {}", block.num_values));
  }
  tensor.num_values = is_empty ? 0 : values;
  tensor.size = static_cast<size_t>(tensor.num_values / block.num_values) * block.size;
}

TensorInfo read_tensor(ByteReader& in) {
  TensorInfo info{.name = read_name(in), .tensor = {}};
  const auto rank = in.number<uint32_t>();
  if (rank > kMaxDimensions) {
    in.fail(fmt::format("{} of '{}'", rank, info.name), "at most 4 dimensions");
  }
  for (uint32_t i = 0; i < rank; ++i) {
    const auto n = in.number<uint64_t>();
    if (n > static_cast<uint64_t>(INT64_MAX)) {
      in.fail(fmt::format("a size of {} in '{}'", n, info.name));
    }
    info.tensor.shape.push_back(static_cast<int64_t>(n));
  }
  std::reverse(info.tensor.shape.begin(), info.tensor.shape.end());
  const auto id = in.number<uint32_t>();
  const std::optional<GgufType> type = find_gguf_type(id);
  if (!type) {
    in.fail(fmt::format("type {} ({}) of '{}'", id, gguf_type_name(id), info.name),
            "F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q4_K or Q6_K");
  }
  info.tensor.type = *type;
  info.offset = in.number<uint64_t>();
  measure(in, info.name, info.tensor);
  return info;
}

void check_places(std::vector<TensorInfo>& infos, uint64_t alignment, const ByteReader& in,
                  uint64_t data_size) {
  std::sort(infos.begin(), infos.end(), [](const TensorInfo& a, const TensorInfo& b) {
    return std::pair(a.offset, a.tensor.size) < std::pair(b.offset, b.tensor.size);
  });
  uint64_t covered = 0;
  for (const TensorInfo& info : infos) {
    if (info.offset % alignment != 0) {
      in.fail(fmt::format("'{}' at {}", info.name, info.offset),
              fmt::format("multiples of {}", alignment));
    }
    if (info.offset > data_size || info.tensor.size > data_size - info.offset) {
      in.fail(fmt::format("'{}' of {} bytes at {}", info.name, info.tensor.size, info.offset),
              fmt::format("tensors within {} bytes of data", data_size));
    }
    if (info.tensor.size == 0) continue;
    if (info.offset < covered) in.fail(fmt::format("'{}' inside another tensor", info.name));
    covered = info.offset + info.tensor.size;
  }
}

}  // namespace

void dequantize(const GgufTensor& tensor, float* values) {
  dequantize(tensor.type, tensor.data, tensor.num_values, values);
}

GgufFile::GgufFile(const std::string& path) : GgufFile(FileView(path)) {}

GgufFile::GgufFile(const FileView& file) : file_(file) {
  ByteReader in(file_.bytes(), "gguf", file_.name());
  const Counts counts = read_header(in);
  metadata_ = read_metadata(in, counts.values);
  const uint64_t alignment = alignment_of(metadata_, in);
  std::vector<TensorInfo> infos;
  for (uint64_t i = 0; i < counts.tensors; ++i) infos.push_back(read_tensor(in));
  // Without data, the padding before it may be missing.
  const uint64_t begin =
      std::min((in.position() + alignment - 1) / alignment * alignment, in.position() + in.rest());
  in.seek(begin);
  check_places(infos, alignment, in, in.rest());
  for (TensorInfo& info : infos) {
    info.tensor.data =
        reinterpret_cast<const std::byte*>(file_.bytes().data()) + begin + info.offset;
    if (!tensors_.emplace(info.name, std::move(info.tensor)).second) {
      in.fail(fmt::format("the tensor '{}' twice", info.name));
    }
  }
}

}  // namespace plumbline::formats
