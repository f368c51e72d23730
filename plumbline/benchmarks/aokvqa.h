// A-OKVQA: questions that need knowledge of the world (Schwenk et al. 2022, arXiv 2206.01718).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Multiple choice and direct answers. Source: allenai/aokvqa, evaluation/eval_predictions.py.
eval::Benchmark aokvqa();

}  // namespace plumbline::benchmarks
