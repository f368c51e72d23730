// How long examples are.
#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::data {

// Examples with a length in [from, to).
struct LengthBucket {
  int64_t from = 0;
  int64_t to = 0;
  int64_t count = 0;
};

struct LengthSummary {
  int64_t count = 0;
  int64_t sum = 0;
  int64_t min = 0;
  int64_t median = 0;  // the smallest length that half of the examples do not exceed
  int64_t p95 = 0;     // the same for 95 in 100
  int64_t max = 0;
  std::vector<LengthBucket> buckets;  // at most ten, equally wide by 1, 2 or 5 times a power of ten
};

LengthSummary summarize_lengths(std::vector<int64_t> lengths);

}  // namespace plumbline::data
