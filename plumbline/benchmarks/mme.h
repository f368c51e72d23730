// MME: pairs of yes/no questions about images in fourteen tasks (Fu et al. 2023, arXiv 2306.13394).
#pragma once

#include <string>

#include "plumbline/eval/benchmark.h"
#include "plumbline/eval/yes_no.h"

namespace plumbline::benchmarks {

// In lower case: exactly "yes" or "no", else "yes" within the first four characters, else "no"
// within them; else neither, which is wrong. Source: MME's eval_tool/calculation.py.
eval::YesNo read_mme_answer(const std::string& answer);

eval::Benchmark mme();

}  // namespace plumbline::benchmarks
