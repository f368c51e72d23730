// The benchmarks there are.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

const std::vector<eval::Benchmark>& benchmarks();

// By name. Throws ConfigError naming the nearest.
const eval::Benchmark& benchmark(const std::string& name);

// The variants with defaults for those that are not given. `given`: "name=value". Throws
// ConfigError.
std::map<std::string, std::string> variants_of(const eval::Benchmark& benchmark,
                                               const std::vector<std::string>& given);

// Checks that all files a benchmark needs are given, and none that it does not know; `step` says
// for what ("score", "answer", "judge"), `needed` which inputs that needs beside the questions.
// Throws one ConfigError with everything.
void check_files(const eval::Benchmark& benchmark, const eval::EvalRequest& request,
                 const std::string& step, const std::vector<std::string>& needed);

// What `eval list` prints.
std::string list_text();

}  // namespace plumbline::benchmarks
