// Figures as tables and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"
#include "plumbline/eval/difference.h"

namespace plumbline::eval {

// One system's answers to one benchmark, scored.
struct ScoredSystem {
  std::string name;  // of the system, in tables
  EvalRequest request;
  Scoring scoring = {};
  std::vector<Interval> figures = {};  // in the order of scoring.figures
};

struct ScoreReport {
  const Benchmark* benchmark;
  std::vector<ScoredSystem> systems;          // at least one
  std::vector<FigureDifference> differences;  // of the first two systems; empty for one
  double confidence = 0.95;
};

enum class TableStyle { Text, Markdown };

// Figures with intervals; two systems side by side with "*" where the difference matters. Ends with
// what could not be read, what constant answers get, and the notes.
std::string table(const ScoreReport& report, TableStyle style);

// {"benchmark", "variants", "systems": [{"name", "inputs": {name: {"path", "hash"}}, "judge",
// "figures": {name: {"value", "low", "high", "printed", "direction"}}, "answers", "malformed",
// "malformed_as", "baselines", "notes"}], "differences": {name: {"value", "low", "high",
// "p_value", "matters"}}}
nlohmann::json to_json(const ScoreReport& report);

}  // namespace plumbline::eval
