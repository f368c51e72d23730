#include "plumbline/formats/strided.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

// The size is a constant, so that each copy becomes one move.
template <size_t kSize>
void copy_row(int64_t count, int64_t stride, const std::byte* from, std::byte* to) {
  for (int64_t i = 0; i < count; ++i) std::memcpy(to + i * kSize, from + i * stride * kSize, kSize);
}

using CopyRow = void (*)(int64_t, int64_t, const std::byte*, std::byte*);

CopyRow row_copier(size_t element_size) {
  switch (element_size) {
    case 1:
      return copy_row<1>;
    case 2:
      return copy_row<2>;
    case 4:
      return copy_row<4>;
    case 8:
      return copy_row<8>;
  }
  throw InternalError("elements of " + std::to_string(element_size) + " bytes");
}

bool is_empty(const Strided& layout) {
  return std::count(layout.shape.begin(), layout.shape.end(), 0) > 0;
}

// Advances to the next row, as an odometer does; `at` is the position of its first element. False
// after the last one.
bool next_row(const Strided& layout, std::vector<int64_t>& index, int64_t& at) {
  for (size_t d = index.size(); d-- > 0;) {
    if (index[d] + 1 < layout.shape[d]) {
      ++index[d];
      at += layout.strides[d];
      return true;
    }
    at -= index[d] * layout.strides[d];
    index[d] = 0;
  }
  return false;
}

}  // namespace

std::optional<int64_t> extent(const Strided& layout) {
  if (layout.shape.size() != layout.strides.size() || layout.offset < 0) return std::nullopt;
  int64_t last = layout.offset;
  for (size_t d = 0; d < layout.shape.size(); ++d) {
    if (layout.shape[d] < 0 || layout.strides[d] < 0) return std::nullopt;
    int64_t span = 0;
    const int64_t steps = std::max<int64_t>(layout.shape[d] - 1, 0);
    if (__builtin_mul_overflow(steps, layout.strides[d], &span) ||
        __builtin_add_overflow(last, span, &last)) {
      return std::nullopt;
    }
  }
  if (last == INT64_MAX) return std::nullopt;
  return is_empty(layout) ? 0 : last + 1;
}

bool is_contiguous(const Strided& layout) {
  if (is_empty(layout)) return true;
  int64_t expected = 1;
  for (size_t d = layout.shape.size(); d-- > 0;) {
    if (layout.shape[d] == 1) continue;  // its stride is never taken
    if (layout.strides[d] != expected) return false;
    expected *= layout.shape[d];
  }
  return true;
}

void copy_rows(const Strided& layout, size_t element_size, const std::byte* storage,
               std::byte* to) {
  const CopyRow copy = row_copier(element_size);
  if (is_empty(layout)) return;
  if (layout.shape.empty()) {
    return copy(1, 1, storage + layout.offset * static_cast<int64_t>(element_size), to);
  }
  const int64_t row_size = layout.shape.back();
  std::vector<int64_t> index(layout.shape.size() - 1, 0);
  int64_t at = layout.offset;
  do {
    copy(row_size, layout.strides.back(), storage + at * static_cast<int64_t>(element_size), to);
    to += row_size * static_cast<int64_t>(element_size);
  } while (next_row(layout, index, at));
}

}  // namespace plumbline::formats
