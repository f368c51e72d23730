// A user's own benchmark, judged on MMHal-Bench's scale.
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Questions: JSONL {"id", "image", "question", "reference", "type", "facts": [...]}, of which type
// and facts may be missing. The judge is shown the facts, and rates as MMHal-Bench's.
eval::Benchmark own_benchmark();

}  // namespace plumbline::benchmarks
