// The named parts of a PPO reward and how they become one number per token.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

// Terms of whole answers, [S] each. All of them arrive with an answer's last token.
struct SequenceTerms {
  std::vector<double> model_score = {};
  std::vector<double> missing_end = {};
  std::vector<double> length = {};
  std::vector<double> correctness = {};
};

// `penalty` (<= 0) when the answer did not end by itself, else 0.
// Source: Fact-RLHF, relative_stop_token_penalty.
double missing_end_penalty(bool is_stopped, double penalty);

// penalty (<= 0) * length / max_length * multiplier; a multiplier of 0 switches it off for an
// example. Source: Fact-RLHF, length_bonus_score.
double length_term(int64_t length, int64_t max_length, double penalty, double multiplier);

struct Shaped {
  at::Tensor rewards;   // [R] float32
  SequenceTerms terms;  // as given
  double kl_sum = 0;    // sum of -coef * kl over all tokens, before scaling
};

// rewards[r] = scale * (-kl_coef * kl[r] + [r is its answer's last token] * sum of the answer's
// terms).
//   kl         [R] nats per token
//   responses  [S] spans over [0, R); every response holds at least one token
// Source: Sun et al. 2023 (arXiv 2309.14525), eq. 4, and the released recipe's scale.
Shaped shape_rewards(const SequenceTerms& terms, const at::Tensor& kl,
                     const tensor::Spans& responses, double kl_coef, double scale);

}  // namespace plumbline::rl
