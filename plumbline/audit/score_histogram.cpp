#include "plumbline/audit/score_histogram.h"

#include <algorithm>
#include <limits>

#include "plumbline/base/error.h"

namespace plumbline::audit {
namespace {

void set_range(ScoreHistogram& histogram, const std::vector<ScoredPair>& pairs) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& pair : pairs) {
    if (is_tie(pair)) continue;
    low = std::min({low, pair.score_1, pair.score_2});
    high = std::max({high, pair.score_1, pair.score_2});
  }
  if (low > high) return;
  const double margin = low == high ? 0.5 : 0;
  histogram.low = low - margin;
  histogram.high = high + margin;
}

void count(std::vector<int64_t>& bins, const ScoreHistogram& histogram, double score) {
  const double share = (score - histogram.low) / (histogram.high - histogram.low);
  const double last = static_cast<double>(bins.size()) - 1;
  ++bins[static_cast<size_t>(std::clamp(share * (last + 1), 0.0, last))];
}

}  // namespace

ScoreHistogram score_histogram(const std::vector<ScoredPair>& pairs, int64_t num_bins) {
  PLUMBLINE_CHECK(num_bins >= 1, std::to_string(num_bins));
  ScoreHistogram result;
  result.better.resize(static_cast<size_t>(num_bins));
  result.worse.resize(static_cast<size_t>(num_bins));
  set_range(result, pairs);
  for (const auto& pair : pairs) {
    if (is_tie(pair)) continue;
    count(result.better, result, of_better(pair, pair.score_1, pair.score_2));
    count(result.worse, result, of_worse(pair, pair.score_1, pair.score_2));
  }
  return result;
}

}  // namespace plumbline::audit
