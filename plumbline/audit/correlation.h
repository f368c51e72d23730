// Whether a reward model's score goes with the length of the answer.
#pragma once

#include <vector>

#include "plumbline/audit/scored_pair.h"
#include "plumbline/eval/bootstrap.h"

namespace plumbline::audit {

// Ranks from 1; equal values share the mean of their ranks.
std::vector<double> ranks(const std::vector<double>& values);

// Pearson's correlation; NaN when one of them does not vary. Spearman's is that of the ranks.
// Throws InternalError for lists of different lengths.
double pearson(const std::vector<double>& x, const std::vector<double>& y);

struct LengthCorrelation {
  eval::Interval pearson;
  eval::Interval spearman;  // in resamples the ranks among all answers stay
};

// Of score and length over all answers, those of ties included.
LengthCorrelation length_correlation(const std::vector<ScoredPair>& pairs,
                                     const eval::BootstrapOptions& options);

}  // namespace plumbline::audit
