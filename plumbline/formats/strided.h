// Arrays whose elements do not lie one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace plumbline::formats {

// Where the elements of an array lie in a storage, counted in elements. `shape` and `strides` have
// one entry per dimension; strides may be 0 (expanded), not negative.
struct Strided {
  int64_t offset = 0;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

// Elements that the storage must have so that all of the array lies inside: 0 for an empty array,
// nothing when a number is negative, the dimensions disagree or the result overflows.
std::optional<int64_t> extent(const Strided& layout);

// Whether the elements, of a layout with an extent, lie one after the other in row-major order.
bool is_contiguous(const Strided& layout);

// Copies the elements, each of 1, 2, 4 or 8 bytes, in row-major order to `to`. The storage has
// extent(layout) elements; neither side needs to be aligned.
void copy_rows(const Strided& layout, size_t element_size, const std::byte* storage, std::byte* to);

}  // namespace plumbline::formats
