// How far apart the scores of better and worse answers lie.
#pragma once

#include <vector>

#include "plumbline/audit/scored_pair.h"

namespace plumbline::audit {

// Counts of answers in bins of equal width over [low, high], the range of all scores counted (of
// width 1 about the score when there is but one). A bin has its lower end, the last one both.
struct ScoreHistogram {
  double low = 0, high = 1;
  std::vector<int64_t> better, worse;
};

// Ties are left out. Without pairs all counts are 0. Throws InternalError if num_bins < 1.
ScoreHistogram score_histogram(const std::vector<ScoredPair>& pairs, int64_t num_bins = 20);

}  // namespace plumbline::audit
