// Two reward models on the same pairs, such as one with facts and one without.
#pragma once

#include <vector>

#include "plumbline/audit/scored_pair.h"
#include "plumbline/eval/bootstrap.h"

namespace plumbline::audit {

// Of pairs that annotators did not leave tied. Equal scores are half right, and are counted neither
// as right nor as wrong in the last two.
struct PairedComparison {
  int64_t pairs = 0;
  eval::Interval accuracy_a, accuracy_b;
  // accuracy_a - accuracy_b. Both are of the same resampled images, so what is hard about a pair
  // cancels: narrower than the two intervals suggest.
  eval::Interval difference;
  int64_t only_a_right = 0, only_b_right = 0;
};

// The same pairs in the same order, scored twice. Throws as check_pairs, and InternalError when the
// pairs differ in number, image or target.
PairedComparison compare_scores(const std::vector<ScoredPair>& a, const std::vector<ScoredPair>& b,
                                const eval::BootstrapOptions& options);

}  // namespace plumbline::audit
