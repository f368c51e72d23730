// HallusionBench: questions that language alone or an illusion answers wrongly (Guan et al. 2024,
// arXiv 2310.14566)
#pragma once

#include <string>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

enum class Correctness { Incorrect = 0, Correct = 1, Unclear = 2 };  // the official codes

// A judge's reply: "incorrect" anywhere in it, else "correct" anywhere ("not correct" too), in any
// case of letters; else unclear. Source: HallusionBench, utils.py.
Correctness read_correctness(const std::string& reply);

// Variants: hallusion=official, with a judge's replies or the codes that the answer file holds;
// hallusion=vlmevalkit, questions with a picture only, yes and no by words, no judge.
eval::Benchmark hallusion_bench();

}  // namespace plumbline::benchmarks
