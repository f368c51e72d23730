// VQAv2: short answers to open questions, as ten people gave them (Goyal et al. 2017, arXiv
// 1612.00837).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Reads the official files, {"questions": [...]} and {"annotations": [...]}, one record at a time.
eval::Benchmark vqav2();

}  // namespace plumbline::benchmarks
