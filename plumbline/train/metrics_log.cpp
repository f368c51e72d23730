#include "plumbline/train/metrics_log.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "plumbline/base/clock.h"

namespace plumbline::train {
namespace {

std::string line_of(int64_t step, const Metrics& metrics) {
  nlohmann::ordered_json line{{"step", step}};
  for (const auto& [name, value] : metrics) line[name] = value;
  return line.dump() + "\n";
}

}  // namespace

std::vector<StepMetrics> read_metrics(const fs::path& file) {
  std::vector<StepMetrics> result;
  if (!fs::exists(file)) return result;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    const auto value = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!value.is_object() || !value.contains("step") || !value["step"].is_number()) continue;
    StepMetrics entry;
    for (const auto& [name, number] : value.items()) {
      if (name == "step") {
        entry.step = number.get<int64_t>();
      } else if (number.is_number()) {
        entry.metrics[name] = number.get<double>();
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

void MetricsLog::record(int64_t step, const Metrics& metrics) {
  append_file(file(), line_of(step, metrics));
  if (!events_) events_ = std::make_unique<formats::EventWriter>(folder_.string());
  for (const auto& [name, value] : metrics) events_->scalar(name, step, value, unix_seconds());
}

void MetricsLog::truncate(int64_t step) {
  std::string kept;
  for (const auto& entry : read_metrics(file())) {
    if (entry.step <= step) kept += line_of(entry.step, entry.metrics);
  }
  write_file(file(), kept);
}

}  // namespace plumbline::train
