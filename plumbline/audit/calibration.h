// Whether a reward model is as sure as it is right.
#pragma once

#include <vector>

#include "plumbline/audit/scored_pair.h"
#include "plumbline/eval/bootstrap.h"

namespace plumbline::audit {

inline constexpr int kNumConfidenceBins = 10;

// Pairs whose confidence lies in [low, high); the last bin has its upper end, too.
struct ReliabilityBin {
  double low = 0, high = 0;
  int64_t pairs = 0;
  double confidence = 0;  // mean; NaN without pairs, as is accuracy
  double accuracy = 0;
};

struct Calibration {
  std::vector<ReliabilityBin> bins;
  // Mean over pairs of |accuracy - confidence| of their bin. A resample's is larger by its own
  // noise, so the interval leans upwards and may lie above the value when pairs are few.
  eval::Interval ece;
};

// The model predicts the answer with the higher score with confidence sigmoid(|score_1 - score_2|),
// which lies in [0.5, 1]: ten bins of equal width over that range. Equal scores are half right.
// Ties of the annotators are left out.
// Source: Guo et al. 2017, "On calibration of modern neural networks" (arXiv 1706.04599), eq. 3.
// Deliberate differences: their bins divide [0, 1], of whose lower half two classes use nothing; a
// bin has its lower end instead of its upper one.
Calibration calibration(const std::vector<ScoredPair>& pairs,
                        const eval::BootstrapOptions& options);

}  // namespace plumbline::audit
