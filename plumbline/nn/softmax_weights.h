// The weights of a softmax over one row, such as the next token's.
#pragma once

#include <cstdint>

namespace plumbline::nn {

struct SoftmaxTotal {
  float largest = 0;  // of x; -infinity for an empty row
  double total = 0;   // sum of the weights; NaN where a value is NaN or +infinity
};

// weights[i] = exp(scale * (x[i] - largest)) for a scale above 0, within 6e-7 of the largest weight
// and 5e-6 of each; 0 where the exponent is below -87. `weights` may be `x`. No threads.
SoftmaxTotal softmax_weights(const float* x, int64_t size, double scale, float* weights);

}  // namespace plumbline::nn
