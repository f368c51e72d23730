// The seed of what an official script draws at random.
#pragma once

#include <cstdint>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// `--variant seed=N`; 0 where it is not given. Throws ConfigError for what is no whole number.
int64_t variant_seed(const eval::EvalRequest& request);

}  // namespace plumbline::benchmarks
