// Made-up files of benchmarks for tests, and requests to score them.
#pragma once

#include "plumbline/benchmarks/registry.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::benchmarks {

// A request with all defaults but the given variants.
inline eval::EvalRequest request_of(const eval::Benchmark& benchmark,
                                    std::map<std::string, std::string> files,
                                    const std::vector<std::string>& variants = {}) {
  return {.files = std::move(files), .variants = variants_of(benchmark, variants)};
}

}  // namespace plumbline::benchmarks
