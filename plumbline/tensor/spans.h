// Where each sequence of a ragged batch starts and ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumbline::tensor {

// S consecutive row ranges that tile [0, total()). Sequences may be empty. A value type.
class Spans {
 public:
  Spans() = default;
  static Spans from_lengths(const std::vector<int64_t>& lengths);

  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  int64_t total() const { return offsets_.back(); }
  int64_t begin(int64_t s) const { return offsets_[static_cast<size_t>(s)]; }
  int64_t end(int64_t s) const { return offsets_[static_cast<size_t>(s) + 1]; }
  int64_t length(int64_t s) const { return end(s) - begin(s); }
  int64_t max_length() const;
  // [S + 1], from 0 to total().
  const std::vector<int64_t>& offsets() const { return offsets_; }
  std::vector<int64_t> lengths() const;
  void append(int64_t length) { offsets_.push_back(offsets_.back() + length); }
  // The spans of sequences [first, first + count), shifted to start at 0.
  Spans slice(int64_t first, int64_t count) const;
  friend bool operator==(const Spans&, const Spans&) = default;

 private:
  std::vector<int64_t> offsets_ = {0};
};

}  // namespace plumbline::tensor
