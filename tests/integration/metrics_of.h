// metrics.jsonl without what differs between equal runs.
#pragma once

#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "plumbline/base/files.h"

namespace plumbline {

inline std::vector<nlohmann::json> metrics_of(const fs::path& run) {
  std::vector<nlohmann::json> result;
  std::istringstream lines(read_file(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    auto value = nlohmann::json::parse(line);
    for (auto it = value.begin(); it != value.end();) {
      it = it.key().starts_with("time/") ? value.erase(it) : std::next(it);
    }
    result.push_back(value);
  }
  return result;
}

}  // namespace plumbline
