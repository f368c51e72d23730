// The merging at the heart of byte pair encoding.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace plumbline::text {

// Which neighbours become one token, and in which order.
class MergeTable {
 public:
  // `left` and `right` become `merged`; lower ranks go first. Ids are below 2^31.
  void add(int64_t left, int64_t right, int64_t rank, int64_t merged);

  // Merges until nothing is left to merge: always the lowest rank, leftmost first. O(n log n).
  void apply(std::vector<int64_t>& ids) const;

 private:
  struct Merge {
    int64_t rank;
    int64_t merged;
  };
  const Merge* find(int64_t left, int64_t right) const;

  std::unordered_map<uint64_t, Merge> merges_;
};

}  // namespace plumbline::text
