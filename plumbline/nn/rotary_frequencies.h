// How fast each pair of a head's elements turns. Torch-free.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/config/llava_config.h"

namespace plumbline::nn {

struct RotaryFrequencies {
  std::vector<double> per_position;  // [K/2] radians from one position to the next
  double attention_factor = 1;       // multiplies cosines and sines
};

// The frequencies of a config, theta^(-2 i / K) for i < K / 2 and then stretched as its
// rope_scaling says:
//   Linear   divided by the factor
//   Dynamic  a larger theta for sequences of more than max_positions rows; the only kind that
//            depends on `length`, the rows of the whole sequence
//   Llama3   slow ones divided by the factor, fast ones kept, a smooth passage between
//   Yarn     the same with a ramp over the elements, and an attention factor
// Source: transformers 5.23, modeling_rope_utils.py (in double instead of float); Peng et al. 2023
// (arXiv 2309.00071), eq. 18 to 22, for Yarn and, in appendix B.1, Dynamic.
RotaryFrequencies rotary_frequencies(const config::LlamaConfig& config, int64_t length);

}  // namespace plumbline::nn
