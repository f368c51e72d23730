#include "plumbline/eval/difference.h"

#include <cmath>
#include <limits>

#include "plumbline/base/error.h"

namespace plumbline::eval {
namespace {

SparseUnits sparse(const Scoring& scoring) {
  SparseUnits units;
  for (const Unit& unit : scoring.units) units.push_back(unit.parts);
  return units;
}

// Both systems' units side by side: b's columns stand behind a's.
SparseUnits side_by_side(const Scoring& a, const Scoring& b) {
  SparseUnits units;
  for (size_t i = 0; i < a.units.size(); ++i) {
    auto parts = a.units[i].parts;
    for (const auto& [column, value] : b.units[i].parts) {
      parts.emplace_back(column + static_cast<uint32_t>(a.num_sums), value);
    }
    units.push_back(parts);
  }
  return units;
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size());
  for (size_t i = 0; i < a.size(); ++i) result[i] = a[i] - b[i];
  return result;
}

void check_same_units(const Scoring& a, const Scoring& b, const std::string& name_a,
                      const std::string& name_b) {
  const auto refuse = [&](const std::string& expected, const std::string& got) {
    throw DataError(Complaint{.component = "eval",
                              .doing = "comparing " + name_a + " with " + name_b,
                              .expected = expected,
                              .got = got});
  };
  if (a.units.size() != b.units.size()) {
    refuse("answers to the same " + std::to_string(a.units.size()) + " images",
           std::to_string(b.units.size()));
  }
  for (size_t i = 0; i < a.units.size(); ++i) {
    if (a.units[i].name != b.units[i].name) {
      refuse("answers about " + a.units[i].name, b.units[i].name);
    }
  }
  PLUMBLINE_CHECK(a.figures.size() == b.figures.size() && a.num_sums == b.num_sums,
                  "one benchmark with the same variants");
}

// How often exchanging the two systems' units moves each figure as far as `seen`.
std::vector<double> p_values(const Scoring& a, const Scoring& b, const std::vector<double>& seen,
                             const BootstrapOptions& options) {
  std::vector<double> as_far(seen.size(), 1);
  std::vector<double> drawn(seen.size(), 1);
  const SparseUnits units_a = sparse(a), units_b = sparse(b);
  const RandomKey key = options.key.at("permutation");
  for (int64_t p = 0; p < options.samples; ++p) {
    Random random(key.at(static_cast<uint64_t>(p)));
    Sums sums_a(a.num_sums), sums_b(a.num_sums);
    uint64_t bits = 0;
    for (size_t i = 0; i < a.units.size(); ++i) {
      if (i % 64 == 0) bits = random.bits();
      const bool is_exchanged = ((bits >> (i % 64)) & 1) != 0;
      units_a.add(is_exchanged ? sums_b : sums_a, i);
      units_b.add(is_exchanged ? sums_a : sums_b, i);
    }
    const auto moved = differences(a.values(sums_a), a.values(sums_b));
    for (size_t f = 0; f < seen.size(); ++f) {
      if (std::isnan(moved[f])) continue;
      ++drawn[f];
      // Sums in another order differ in their last bits.
      if (std::abs(moved[f]) >= std::abs(seen[f]) * (1 - 1e-9)) ++as_far[f];
    }
  }
  std::vector<double> result(seen.size());
  for (size_t f = 0; f < seen.size(); ++f) {
    const bool is_unknown = std::isnan(seen[f]) || options.samples == 0;
    result[f] = is_unknown ? std::numeric_limits<double>::quiet_NaN() : as_far[f] / drawn[f];
  }
  return result;
}

}  // namespace

bool matters(const FigureDifference& figure) {
  return figure.p_value < 0.05 && (figure.difference.low > 0 || figure.difference.high < 0);
}

std::vector<FigureDifference> compare(const Scoring& a, const Scoring& b, const std::string& name_a,
                                      const std::string& name_b, const BootstrapOptions& options) {
  check_same_units(a, b, name_a, name_b);
  const size_t width = a.num_sums;
  const auto difference = [&](const Sums& sums) {
    const auto middle = sums.begin() + static_cast<std::ptrdiff_t>(width);
    return differences(a.values({sums.begin(), middle}), b.values({middle, sums.end()}));
  };
  const auto intervals = bootstrap(side_by_side(a, b), 2 * width, difference, options);
  const auto of_a = a.values(total(a)), of_b = b.values(total(b));
  const auto p = p_values(a, b, differences(of_a, of_b), options);
  std::vector<FigureDifference> result;
  for (size_t f = 0; f < a.figures.size(); ++f) {
    result.push_back({of_a[f], of_b[f], intervals[f], p[f]});
  }
  return result;
}

}  // namespace plumbline::eval
