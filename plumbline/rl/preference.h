// The reward model's loss: which of two answers is the better one.
#pragma once

#include <ATen/core/Tensor.h>

namespace plumbline::rl {

// What P pairs teach, [P] float32 each.
struct PairTargets {
  at::Tensor first;   // probability that the first answer is the better one, in [0, 1]
  at::Tensor weight;  // how much the pair counts
  at::Tensor margin;  // by how much the better answer should lead, in logits
};

// Sums over pairs, of scores [P] float32 of the first and the second answers: a step divides by the
// weights of all its pairs, so that splitting it changes nothing.
//   sum w (-q log sigmoid(gap - m) - (1 - q) log sigmoid(-gap - m)),  gap = first - second
// with q = (1 - s) target + s (1 - target), s the probability that a label is wrong.
// Source: Ouyang et al. 2022 (arXiv 2203.02155), eq. 1; margins: Touvron et al. 2023 (arXiv
// 2307.09288), eq. 2; soft labels as in Mitchell 2023, "conservative DPO".
at::Tensor pair_loss_sum(const at::Tensor& first, const at::Tensor& second,
                         const PairTargets& targets, double label_smoothing);

// |mean(first + second)| of the pairs given, which keeps scores near 0. Splitting a batch changes
// it, as it is an absolute value of a mean. Source: the Fact-RLHF trainer.
at::Tensor absolute_centre(const at::Tensor& first, const at::Tensor& second);
// mean((first + second)^2). Source: Eisenstein et al. 2023 (arXiv 2312.09244), section 3.
at::Tensor squared_centre(const at::Tensor& first, const at::Tensor& second);

// Sums over pairs, for figures over several batches.
struct PreferenceSums {
  double pairs = 0;
  double decided = 0;  // pairs whose target prefers one answer
  double right = 0;    // decided pairs whose better answer scores higher; equal scores count half
  double gap = 0;      // better - worse, of decided pairs
  double score = 0;    // of both answers
  double score_squares = 0;
  double first = 0;  // pairs whose first answer scores higher
};
PreferenceSums preference_sums(const at::Tensor& first, const at::Tensor& second,
                               const at::Tensor& target);

}  // namespace plumbline::rl
