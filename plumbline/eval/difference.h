// Two systems' answers to the same benchmark.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::eval {

struct FigureDifference {
  double a = 0, b = 0;
  // a - b, with the percentile bootstrap over units that both share: what is hard about an image
  // cancels.
  Interval difference;
  // Two-sided, by exchanging the systems' answers to random halves of the units (Fisher 1935):
  // (1 + as far from 0 as seen) / (1 + permutations). NaN where the difference is, and without
  // permutations.
  double p_value = 1;
};

// A figure's difference matters when its interval leaves 0 out and p < 0.05.
bool matters(const FigureDifference& figure);

// Of each figure. Throws DataError when the two were not asked about the same units: `name_a` and
// `name_b` are the systems' names for that.
std::vector<FigureDifference> compare(const Scoring& a, const Scoring& b, const std::string& name_a,
                                      const std::string& name_b, const BootstrapOptions& options);

}  // namespace plumbline::eval
