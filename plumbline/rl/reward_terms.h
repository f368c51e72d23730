// The named parts of a PPO reward and how they become one number per position.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

// What a term gives each of S answers, before scaling. All terms arrive with an answer's last
// position.
struct Term {
  std::string name;
  std::vector<double> values = {};
};

// `penalty` (<= 0) when the answer did not end by itself, else 0.
// Source: Fact-RLHF, relative_stop_token_penalty.
double missing_end_penalty(bool is_stopped, double penalty);

// What turns an unfinished answer's `score` into `penalty`, else 0: the penalty stands in place of
// the score. Source: Fact-RLHF without relative_stop_token_penalty.
double missing_end_replacement(bool is_stopped, double score, double penalty);

// penalty (<= 0) * length / max_length * multiplier; a multiplier of 0 switches it off for an
// example. Source: Fact-RLHF, length_bonus_score.
double length_term(int64_t length, int64_t max_length, double penalty, double multiplier);

// [S], the sum of all terms; there is at least one.
std::vector<double> total_of(const std::vector<Term>& terms);

// rewards[p] = scale * (-kl_coef * kl[p] + [p is its answer's last position] * the answer's total),
// [P] float32, without gradients.
//   totals   [S]
//   kl       [P] nats per position
//   answers  [S] spans over [0, P); every answer has at least one position
// Source: Sun et al. 2023 (arXiv 2309.14525), eq. 4, and the released recipe's scale.
at::Tensor shape_rewards(const std::vector<double>& totals, const at::Tensor& kl,
                         const tensor::Spans& answers, double kl_coef, double scale);

}  // namespace plumbline::rl
