// Activation checkpointing: memory for time.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace plumbline::nn {

// run(x), of which only x is kept for the backward pass: that runs `run` once more. Gradients reach
// x and every leaf that `run` uses. `run` must give the same result each time, and what it refers
// to must live until the backward pass. Without grad mode it is run(x). Source: Chen et al. 2016
// (arXiv 1604.06174).
at::Tensor recomputed(std::function<at::Tensor(const at::Tensor&)> run, const at::Tensor& x);

}  // namespace plumbline::nn
