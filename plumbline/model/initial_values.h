// Random first values of weights. Internal to model.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::model {

// fp32 tensors on CPU. Their values are a function of key and shape alone, whatever the threads.
at::Tensor normal_values(const std::vector<int64_t>& shape, double deviation, RandomKey key);
at::Tensor uniform_values(const std::vector<int64_t>& shape, double bound, RandomKey key);

}  // namespace plumbline::model
