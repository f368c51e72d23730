// TextVQA: questions about text in images (Singh et al. 2019, arXiv 1904.08920).
#pragma once

#include <string>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// The question within a prompt of LLaVA's files, which put reference OCR tokens before or behind
// it; the prompt itself where it has none of their forms. Source: llava/eval/eval_textvqa.py.
std::string textvqa_question(const std::string& prompt);

// Reads the official {"data": [...]}; scores as LLaVA's eval_textvqa.py, by M4C's rule.
eval::Benchmark textvqa();

}  // namespace plumbline::benchmarks
