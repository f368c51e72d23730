// metrics.jsonl: the figures of a run's steps, one JSON object per line.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/base/files.h"

namespace plumbline::formats {

// One line: {"step": 3, "loss": 0.71, ...}.
struct StepMetrics {
  int64_t step = 0;
  std::map<std::string, double> metrics;
};

// With the line break. Every digit is kept: reading gives back the same numbers.
std::string metrics_line(const StepMetrics& entry);

// What is not such a line, as one cut off by a kill, is left out. Empty when there is no file.
std::vector<StepMetrics> read_metrics(const fs::path& file);

}  // namespace plumbline::formats
