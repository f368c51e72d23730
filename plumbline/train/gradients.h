// Gradients of one step, over all processes.
#pragma once

#include "plumbline/nn/parameters.h"
#include "plumbline/parallel/communicator.h"

namespace plumbline::train {

// Adds up the gradients of all processes in one flat fp32 bucket, in the order of the names, so
// that all hold the same bits. A parameter that no process has a gradient of keeps none. Returns
// the sums of `figures` as well.
std::vector<double> sum_gradients(nn::Parameters& parameters, parallel::Communicator& processes,
                                  const std::vector<double>& figures);

}  // namespace plumbline::train
