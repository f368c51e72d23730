#include "plumbline/eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plumbline::eval {

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

Interval percentile_interval(double value, std::vector<double>& drawn, double confidence) {
  if (drawn.empty()) return {value, value, value};
  std::sort(drawn.begin(), drawn.end());
  const double tail = (1 - confidence) / 2;
  return {value, quantile(drawn, tail), quantile(drawn, 1 - tail)};
}

void SparseUnits::push_back(const std::vector<std::pair<uint32_t, double>>& parts) {
  for (const auto& [column, value] : parts) parts_.push_back({column, value});
  ends_.push_back(parts_.size());
}

namespace {

// `add` adds a unit to sums; it is known here, for it is called some millions of times.
template <class Add>
std::vector<Interval> resampled(size_t num_units, size_t num_sums, const Add& add,
                                const FiguresOfSums& figures, const BootstrapOptions& options) {
  std::vector<double> total(num_sums);
  for (size_t i = 0; i < num_units; ++i) add(total, i);
  const std::vector<double> values = figures(total);
  std::vector<std::vector<double>> drawn(values.size());
  std::vector<double> sums(num_sums);
  for (int64_t b = 0; b < options.samples && num_units > 0; ++b) {
    Random random(options.key.at(static_cast<uint64_t>(b)));
    std::fill(sums.begin(), sums.end(), 0.0);
    for (size_t i = 0; i < num_units; ++i) {
      add(sums, static_cast<size_t>(random.below(static_cast<int64_t>(num_units))));
    }
    const auto sample = figures(sums);
    for (size_t f = 0; f < values.size(); ++f) {
      if (!std::isnan(sample[f])) drawn[f].push_back(sample[f]);
    }
  }
  std::vector<Interval> result;
  for (size_t f = 0; f < values.size(); ++f) {
    result.push_back(percentile_interval(values[f], drawn[f], options.confidence));
  }
  return result;
}

}  // namespace

std::vector<Interval> bootstrap(const SparseUnits& units, size_t num_sums,
                                const FiguresOfSums& figures, const BootstrapOptions& options) {
  const auto add = [&](std::vector<double>& sums, size_t unit) { units.add(sums, unit); };
  return resampled(units.size(), num_sums, add, figures, options);
}

std::vector<Interval> bootstrap(const std::vector<std::vector<double>>& units,
                                const FiguresOfSums& figures, const BootstrapOptions& options) {
  const auto add = [&](std::vector<double>& sums, size_t unit) {
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += units[unit][i];
  };
  return resampled(units.size(), units.empty() ? 0 : units.front().size(), add, figures, options);
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace plumbline::eval
