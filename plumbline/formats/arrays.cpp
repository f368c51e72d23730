#include "plumbline/formats/arrays.h"

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::formats {

size_t dtype_size(Dtype dtype) {
  switch (dtype) {
    case Dtype::F64:
    case Dtype::I64:
      return 8;
    case Dtype::F32:
    case Dtype::I32:
      return 4;
    case Dtype::F16:
    case Dtype::BF16:
    case Dtype::I16:
      return 2;
    case Dtype::I8:
    case Dtype::U8:
    case Dtype::Bool:
      return 1;
  }
  throw InternalError("unknown dtype");
}

std::string_view dtype_name(Dtype dtype) {
  switch (dtype) {
    case Dtype::F64:
      return "F64";
    case Dtype::I64:
      return "I64";
    case Dtype::F32:
      return "F32";
    case Dtype::I32:
      return "I32";
    case Dtype::F16:
      return "F16";
    case Dtype::BF16:
      return "BF16";
    case Dtype::I16:
      return "I16";
    case Dtype::I8:
      return "I8";
    case Dtype::U8:
      return "U8";
    case Dtype::Bool:
      return "BOOL";
  }
  throw InternalError("unknown dtype");
}

std::optional<uint64_t> bytes_needed(Dtype dtype, const std::vector<int64_t>& shape) {
  auto bytes = static_cast<int64_t>(dtype_size(dtype));
  for (const int64_t n : shape) {
    if (__builtin_mul_overflow(bytes, std::max<int64_t>(n, 1), &bytes)) return std::nullopt;
  }
  const bool is_empty = std::count(shape.begin(), shape.end(), 0) > 0;
  return is_empty ? 0 : static_cast<uint64_t>(bytes);
}

}  // namespace plumbline::formats
