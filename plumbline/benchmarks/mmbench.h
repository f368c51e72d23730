// MMBench: multiple choice, asked once for each rotation of the options (Liu et al. 2023, arXiv
// 2307.06281).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

eval::Benchmark mmbench();

}  // namespace plumbline::benchmarks
