// The reward model's loss: which of two answers is the better one.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::rl {

struct PreferenceOptions {
  double margin = 0;           // by how much the better answer should lead
  double label_smoothing = 0;  // probability that a label is wrong, in [0, 0.5)
  double center_coef = 1e-3;   // weight of |mean(better + worse)|, which keeps scores near 0
};

// Figures over P pairs.
struct PreferenceStats {
  double accuracy = 0;    // better answer scores higher; ties count half
  double mean_score = 0;  // over both answers
  double score_gap = 0;   // mean of better - worse
  double score_std = 0;   // population deviation of all 2 P scores
};

struct PreferenceLoss {
  at::Tensor loss;  // scalar: mean over pairs, plus the centring term
  PreferenceStats stats;
};

// -(1 - s) log sigmoid(gap - margin) - s log sigmoid(margin - gap), averaged, plus
// center_coef |mean(better + worse)|. better, worse: [P] float32.
// Note: the centring term is of the pairs given, so splitting a batch changes it slightly (it is an
// absolute value of a mean); pass what the paper calls a batch together where that matters.
// Source: Ouyang et al. 2022 (arXiv 2203.02155), eq. 1; the centring term of the Fact-RLHF trainer.
PreferenceLoss bradley_terry(const at::Tensor& better, const at::Tensor& worse,
                             const PreferenceOptions& options);

PreferenceStats preference_stats(const at::Tensor& better, const at::Tensor& worse);

}  // namespace plumbline::rl
