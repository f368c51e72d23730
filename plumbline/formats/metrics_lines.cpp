#include "plumbline/formats/metrics_lines.h"

#include "plumbline/base/json.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace plumbline::formats {

std::string metrics_line(const StepMetrics& entry) {
  nlohmann::ordered_json line{{"step", entry.step}};
  for (const auto& [name, value] : entry.metrics) line[name] = value;
  return line.dump() + "\n";
}

std::vector<StepMetrics> read_metrics(const fs::path& file) {
  std::vector<StepMetrics> result;
  if (!fs::exists(file)) return result;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    const auto value = try_parse_json(line, file.string());
    if (!value.is_object() || !value.contains("step") || !value["step"].is_number_integer())
      continue;
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

}  // namespace plumbline::formats
