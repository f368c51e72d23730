// LLaVA-Bench, COCO and in-the-wild: a judge compares answers with reference answers (Liu et al.
// 2023, arXiv 2304.08485)
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// The scores of reference answer and answer: the first line, each "," a blank, must be two numbers
// with a single blank between them. Nothing for all else, and for numbers that are not finite.
// Source: LLaVA, llava/eval/eval_gpt_review_bench.py, which makes it [-1, -1].
std::optional<std::pair<double, double>> read_score_pair(const std::string& reply);

// Variants: llavabench=official (LLaVA, llava/eval/summarize_gpt_review.py, as LLaVA-RLHF has it),
// llava (its later version: both mean scores too), rlhf-v (unreadable reviews are left out).
eval::Benchmark llava_bench();

}  // namespace plumbline::benchmarks
