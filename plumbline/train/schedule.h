// The learning rate over a run.
#pragma once

#include <cstdint>

#include "plumbline/config/config.h"

namespace plumbline::train {

// What optimizer.lr is multiplied by in step `step` (from 0) of `total`: a linear rise over the
// first warmup_ratio * total steps, then constant, or a linear or cosine fall to 0 at `total`.
// Never 0 within the run.
double schedule_factor(const config::OptimizerConfig& config, int64_t step, int64_t total);

}  // namespace plumbline::train
