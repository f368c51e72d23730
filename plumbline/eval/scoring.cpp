#include "plumbline/eval/scoring.h"

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::eval {

uint32_t Tally::column(const std::string& name) {
  return columns_.emplace(name, static_cast<uint32_t>(columns_.size())).first->second;
}

void Tally::add(const std::string& unit, uint32_t column, double value) {
  auto& parts = units_[unit];
  for (auto& part : parts) {
    if (part.first == column) {
      part.second += value;
      return;
    }
  }
  parts.emplace_back(column, value);
}

std::vector<Unit> Tally::units() const {
  std::vector<Unit> units;
  units.reserve(units_.size());
  for (const auto& [name, parts] : units_) units.push_back({name, parts});
  for (Unit& unit : units) std::sort(unit.parts.begin(), unit.parts.end());
  std::sort(units.begin(), units.end(),
            [](const Unit& a, const Unit& b) { return a.name < b.name; });
  return units;
}

Sums total(const Scoring& scoring) {
  Sums sums(scoring.num_sums);
  for (const Unit& unit : scoring.units) {
    for (const auto& [column, value] : unit.parts) sums[column] += value;
  }
  return sums;
}

std::vector<Interval> figures_of(const Scoring& scoring, const BootstrapOptions& options) {
  const auto values = [&](const Sums& sums) {
    auto figures = scoring.values(sums);
    PLUMBLINE_CHECK(figures.size() == scoring.figures.size(), "one value for each figure");
    return figures;
  };
  SparseUnits units;
  for (const Unit& unit : scoring.units) units.push_back(unit.parts);
  return bootstrap(units, scoring.num_sums, values, options);
}

}  // namespace plumbline::eval
