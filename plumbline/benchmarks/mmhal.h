// MMHal-Bench: does a judge find hallucinations in answers to 96 questions? (Sun et al. 2023, arXiv
// 2309.14525)
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Variants: mmhal=official (LLaVA-RLHF, Eval/eval_gpt_mmhal.py), rlhf-v (adds informativeness),
// rlaif-v (the rate with three decimals).
eval::Benchmark mmhal();

}  // namespace plumbline::benchmarks
