#include "plumbline/data/length_summary.h"

#include <algorithm>
#include <numeric>

namespace plumbline::data {
namespace {

constexpr int64_t kMostBuckets = 10;

// The narrowest round width with which kMostBuckets reach beyond `max`.
int64_t bucket_width(int64_t max) {
  for (int64_t power = 1;; power *= 10) {
    for (const int64_t factor : {1, 2, 5}) {
      if (max / (factor * power) < kMostBuckets) return factor * power;
    }
  }
}

int64_t quantile(const std::vector<int64_t>& sorted, int64_t percent) {
  const int64_t rank = (std::ssize(sorted) * percent + 99) / 100;  // rounded up
  return sorted[static_cast<size_t>(std::max<int64_t>(rank, 1) - 1)];
}

}  // namespace

LengthSummary summarize_lengths(std::vector<int64_t> lengths) {
  LengthSummary summary;
  if (lengths.empty()) return summary;
  std::sort(lengths.begin(), lengths.end());
  summary.count = std::ssize(lengths);
  summary.sum = std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
  summary.min = lengths.front();
  summary.median = quantile(lengths, 50);
  summary.p95 = quantile(lengths, 95);
  summary.max = lengths.back();
  const int64_t width = bucket_width(summary.max);
  for (int64_t from = 0; from <= summary.max; from += width) {
    summary.buckets.push_back({.from = from, .to = from + width});
  }
  for (const int64_t length : lengths) {
    ++summary.buckets[static_cast<size_t>(length / width)].count;
  }
  return summary;
}

}  // namespace plumbline::data
