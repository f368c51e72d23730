// A-OKVQA: questions that need knowledge of the world (Schwenk et al. 2022, arXiv 2206.01718).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::eval {

// Multiple choice and direct answers. Source: allenai/aokvqa, evaluation/eval_predictions.py.
Benchmark aokvqa();

}  // namespace plumbline::eval
