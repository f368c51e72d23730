// What scored comparisons say of a reward model.
#pragma once

#include <string>
#include <vector>

#include "plumbline/audit/calibration.h"
#include "plumbline/audit/correlation.h"
#include "plumbline/audit/score_histogram.h"
#include "plumbline/audit/scored_pair.h"
#include "plumbline/eval/bootstrap.h"

namespace plumbline::audit {

// Accuracy on a part of the pairs: the better answer scores higher. NaN without pairs.
struct GroupAccuracy {
  std::string group;
  int64_t pairs = 0;
  eval::Interval accuracy;
};

// Intervals are over images. Pairs that annotators left tied count in num_pairs, num_ties, log_loss
// and length only. Equal scores are half right. Swapping the answers of a pair, and the order of
// the pairs, change nothing but the last digits of log_loss and length.
struct RewardMeasures {
  int64_t num_pairs = 0, num_ties = 0, num_images = 0;
  eval::Interval accuracy;
  // Mean cross-entropy of the target under sigmoid(score_1 - score_2), in nats: log 2 = 0.693 knows
  // nothing. The loss that reward models are trained on (Ouyang et al. 2022, arXiv 2203.02155, eq.
  // 1), with a tie as a target of one half.
  eval::Interval log_loss;
  std::vector<GroupAccuracy> types;  // by name
  // "better longer", "about equal" (by at most 10 % of the longer one), "better shorter".
  std::vector<GroupAccuracy> lengths;
  // How many more false claims the worse answer has: "fewer" (the annotators' choice has more),
  // "equal", "1 more", "2+ more". Pairs without counts are left out.
  std::vector<GroupAccuracy> hallucinations;
  // What is right without a model: "longer wins", "shorter wins", "more overlap with the facts
  // wins" (facts_overlap.h; pairs without it are left out). Equal ones are half right.
  std::vector<GroupAccuracy> baselines;
  Calibration calibration;
  ScoreHistogram scores;
  LengthCorrelation length;
};

// Throws as check_pairs.
RewardMeasures reward_measures(const std::vector<ScoredPair>& pairs,
                               const eval::BootstrapOptions& options);

}  // namespace plumbline::audit
