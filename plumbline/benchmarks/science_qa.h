// ScienceQA: multiple choice with and without an image (Lu et al. 2022, arXiv 2209.09513).
#pragma once

#include <optional>
#include <string>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Who reads the answers.
enum class ScienceRule { Llava, V1 };

// The letter an answer names; nothing where it names none.
//   Llava  LLaVA-1.5's: the text is one of A to E; else it begins with one and ". "; else as V1
//   V1     LLaVA's first, and LLaVA-RLHF's: "The answer is ", a capital letter and any character
//   but
//          a line end, exactly once
// Source: LLaVA llava/eval/eval_science_qa.py, at version 1.5 and at its first.
std::optional<char> read_science_answer(const std::string& text, ScienceRule rule);

eval::Benchmark science_qa();

}  // namespace plumbline::benchmarks
