// Comparing scorings with official figures: {"figures": {name: value or null}, "malformed": n},
// maybe with "printed": {name: text}; figures without a value there are passed over. A folder's
// expected.json may be a list of such cases, each with "files": {input: name} and "variants":
// ["name=value"].
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/benchmarks/registry.h"

namespace plumbline::benchmarks {

// Figures are compared as far as rounding goes, printed ones exactly.
constexpr double kFigureTolerance = 1e-12;

inline void expect_figures(const nlohmann::json& expected, const eval::Scoring& scoring,
                           const std::string& place = {}) {
  const auto values = scoring.values(eval::total(scoring));
  size_t num_found = 0;
  for (size_t f = 0; f < values.size(); ++f) {
    const auto& spec = scoring.figures[f];
    if (!expected.at("figures").contains(spec.name)) continue;
    ++num_found;
    const std::string where = place + ", " + spec.name;
    const auto& value = expected.at("figures").at(spec.name);
    if (value.is_null()) {
      EXPECT_TRUE(std::isnan(values[f])) << where;
    } else {
      const double scale = std::max(1.0, std::abs(value.get<double>()));
      EXPECT_NEAR(values[f], value.get<double>(), kFigureTolerance * scale) << where;
    }
    if (!expected.contains("printed")) continue;
    const auto& text = expected.at("printed").at(spec.name);
    EXPECT_EQ(eval::printed(values[f], spec.format), text.get<std::string>()) << where;
  }
  EXPECT_EQ(num_found, expected.at("figures").size()) << place;
  EXPECT_EQ(scoring.num_malformed, expected.at("malformed").get<int64_t>()) << place;
}

// Scores all cases of tests/golden/eval/`folder`.
inline void expect_cases(const std::string& name, const std::string& folder) {
  const fs::path path = fs::path("tests/golden/eval") / folder;
  const auto cases = nlohmann::json::parse(read_file(path / "expected.json"));
  ASSERT_FALSE(cases.empty());
  for (size_t c = 0; c < cases.size(); ++c) {
    eval::EvalRequest request{
        .files = {},
        .variants =
            variants_of(benchmark(name), cases[c].at("variants").get<std::vector<std::string>>())};
    for (const auto& [input, file] : cases[c].at("files").items()) {
      request.files[input] = (path / file.get<std::string>()).string();
    }
    expect_figures(cases[c], benchmark(name).score(request), "case " + std::to_string(c));
  }
}

}  // namespace plumbline::benchmarks
