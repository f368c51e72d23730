// Advantages without a value model: from other answers to the same prompt, or from the batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plumbline/tensor/spans.h"

namespace plumbline::rl {

// In all of these, rewards are those of whole answers, [S]; each `group_size` (at least 2)
// consecutive answers belong to one prompt. Throws InternalError for a group that is not whole.

// The reward less the mean of the group's others. Source: Ahmadian et al. 2024, "Back to Basics"
// (arXiv 2402.14740), eq. 8.
std::vector<double> rloo(const std::vector<double>& rewards, int64_t group_size);

// (reward - mean) / (deviation + 1e-4) within the group, the deviation being the population's.
// Source: Shao et al. 2024, "DeepSeekMath" (arXiv 2402.03300), section 4.1.2; the small number as
// in TRL, which divides by the deviation of the sample.
std::vector<double> grpo(const std::vector<double>& rewards, int64_t group_size);

// What an answer still earns from each position on, discounted, [P] float32. Scaled to mean 0 and
// deviation 1 over the batch (whiten), it is the advantage of REINFORCE++.
// Source: Hu 2025, "REINFORCE++" (arXiv 2501.03262), eq. 3.
at::Tensor rewards_to_go(const at::Tensor& rewards, const tensor::Spans& answers, double gamma);

// Every position has its answer's number: [P] float32.
at::Tensor spread_over(const std::vector<double>& of_answers, const tensor::Spans& answers);
// The sum of an answer's positions, [S].
std::vector<double> sums_of(const at::Tensor& per_position, const tensor::Spans& answers);

}  // namespace plumbline::rl
