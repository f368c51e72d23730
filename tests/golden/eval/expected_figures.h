// Comparing a scoring with official figures.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "plumbline/eval/scoring.h"

namespace plumbline::benchmarks {

constexpr double kFigureDifference = 1e-12;

// `expected`: {"figures": {name: value}, "malformed": count}. Figures that it does not name are
// passed over.
inline void expect_figures(const eval::Scoring& scoring, const nlohmann::json& expected) {
  EXPECT_EQ(scoring.num_malformed, expected.at("malformed").get<int64_t>());
  const auto values = scoring.values(eval::total(scoring));
  std::set<std::string> seen;
  for (size_t f = 0; f < values.size(); ++f) {
    const std::string& name = scoring.figures[f].name;
    if (!expected.at("figures").contains(name)) continue;
    seen.insert(name);
    EXPECT_NEAR(values[f], expected.at("figures").at(name).get<double>(), kFigureDifference)
        << name;
  }
  EXPECT_EQ(seen.size(), expected.at("figures").size());
}

}  // namespace plumbline::benchmarks
