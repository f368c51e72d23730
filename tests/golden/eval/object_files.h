// The golden inputs of objects.py, and the language files that they need.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "plumbline/base/files.h"
#include "plumbline/benchmarks/registry.h"
#include "plumbline/english/wordnet.h"

namespace plumbline::benchmarks {

inline const std::string kEvalFolder = "tests/golden/eval/";

inline bool has_wordnet() { return fs::exists(fs::path(english::kWordNetFolder) / "index.noun"); }

inline nlohmann::json expected_of(const std::string& name) {
  return nlohmann::json::parse(read_file(kEvalFolder + name + "/expected.json"));
}

// A request with files of a benchmark's folder, and the trained tagger.
inline eval::EvalRequest golden_request(const eval::Benchmark& benchmark,
                                        const std::map<std::string, std::string>& files,
                                        const std::vector<std::string>& variants) {
  eval::EvalRequest request{.files = {{"tagger", kEvalFolder + "english"}},
                            .variants = variants_of(benchmark, variants)};
  const std::string folder = kEvalFolder + benchmark.name + "/";
  for (const auto& [name, file] : files) request.files[name] = folder + file;
  return request;
}

inline double golden_figure(const eval::Scoring& scoring, const std::string& name) {
  const auto values = scoring.values(eval::total(scoring));
  for (size_t f = 0; f < values.size(); ++f) {
    if (scoring.figures[f].name == name) return values[f];
  }
  ADD_FAILURE() << "no figure called " << name;
  return 0;
}

}  // namespace plumbline::benchmarks
