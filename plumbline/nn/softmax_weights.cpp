#include "plumbline/nn/softmax_weights.h"

#include "plumbline/nn/kernels.h"

namespace plumbline::nn {

SoftmaxTotal softmax_weights(const float* x, int64_t size, double scale, float* weights) {
  const float largest = kernels::inference_loops().largest(x, size);
  return {.largest = largest,
          .total = kernels::inference_loops().softmax_weights(x, size, largest,
                                                              static_cast<float>(scale), weights)};
}

}  // namespace plumbline::nn
