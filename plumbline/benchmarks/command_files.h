// The files and variants that a command line names for a benchmark.
#pragma once

#include <string>
#include <vector>

#include "plumbline/benchmarks/registry.h"

namespace plumbline::benchmarks {

struct NamedFiles {
  std::string questions = {}, answers = {}, replies = {};
  std::vector<std::string> others = {};  // "name=path"; a path alone where there is one such input
  std::vector<std::string> variants = {};  // "name=value"
  std::string join = "id";                 // or "position"
};

// What a step works on. `needed` are the inputs it cannot do without; other inputs that the
// benchmark has may be given. Throws ConfigError for what is missing or unknown, all together.
eval::EvalRequest make_request(const eval::Benchmark& benchmark, const NamedFiles& files,
                               const std::string& step, const std::vector<std::string>& needed);

// All inputs that scoring needs: for `needed`.
std::vector<std::string> all_inputs(const eval::Benchmark& benchmark);

}  // namespace plumbline::benchmarks
