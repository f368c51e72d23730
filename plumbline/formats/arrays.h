// Named arrays as files hold them: element type, shape and bytes, no tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats {

// Element types Plumbline reads and writes; a file with another one is refused by its name.
enum class Dtype { F64, I64, F32, I32, F16, BF16, I16, I8, U8, Bool };

size_t dtype_size(Dtype dtype);            // bytes per element
std::string_view dtype_name(Dtype dtype);  // as safetensors files spell it: "F32", "BOOL"

// Bytes of an array whose sizes are not negative. Nothing when the product of the sizes overflows
// int64, even if a size of 0 would hide it.
std::optional<uint64_t> bytes_needed(Dtype dtype, const std::vector<int64_t>& shape);

// An array somewhere in memory: `size` bytes, row-major, little-endian, not necessarily aligned.
struct ArrayView {
  Dtype dtype = Dtype::F32;
  std::vector<int64_t> shape;  // empty for a single number
  const std::byte* data = nullptr;
  size_t size = 0;
};

using Arrays = std::map<std::string, ArrayView>;

}  // namespace plumbline::formats
