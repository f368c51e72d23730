// VQA's accuracy of one answer (Antol et al. 2015, arXiv 1505.00468).
#pragma once

#include <cstdint>

namespace plumbline::benchmarks {

// Of `people`, `matches` gave this answer. The mean, leaving out one person after the other, of
// min(1, matches among the others / 3): of ten people 1 match 0.3, 2 0.6, 3 0.9, 4 or more 1.
double vqa_accuracy(int64_t matches, int64_t people);

}  // namespace plumbline::benchmarks
