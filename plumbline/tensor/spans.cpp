#include "plumbline/tensor/spans.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::tensor {

Spans Spans::from_lengths(const std::vector<int64_t>& lengths) {
  Spans spans;
  spans.offsets_.reserve(lengths.size() + 1);
  for (const int64_t length : lengths) {
    PLUMBLINE_CHECK(length >= 0, fmt::format("length {}", length));
    spans.append(length);
  }
  return spans;
}

int64_t Spans::max_length() const {
  int64_t longest = 0;
  for (int64_t s = 0; s < size(); ++s) longest = std::max(longest, length(s));
  return longest;
}

std::vector<int64_t> Spans::lengths() const {
  std::vector<int64_t> result;
  result.reserve(static_cast<size_t>(size()));
  for (int64_t s = 0; s < size(); ++s) result.push_back(length(s));
  return result;
}

Spans Spans::slice(int64_t first, int64_t count) const {
  PLUMBLINE_CHECK(first >= 0 && count >= 0 && first + count <= size(),
                  fmt::format("[{}, {}) of {} sequences", first, first + count, size()));
  Spans part;
  for (int64_t s = first; s < first + count; ++s) part.append(length(s));
  return part;
}

}  // namespace plumbline::tensor
