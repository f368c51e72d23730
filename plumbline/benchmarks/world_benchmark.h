// The world's benchmark, whose truth is known exactly: MMHal-Bench's eight types, POPE's yes/no
// questions, CHAIR on descriptions. Judged by rule: eval/world_scoring.h tells the figures.
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

eval::Benchmark world_benchmark();

}  // namespace plumbline::benchmarks
