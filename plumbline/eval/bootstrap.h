// Intervals by resampling.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::eval {

// A figure with the interval it would vary in over other images of the same kind.
struct Interval {
  double value = 0;
  double low = 0;
  double high = 0;
};

struct BootstrapOptions {
  int64_t samples = 1000;
  double confidence = 0.95;
  RandomKey key = {};
};

// What units add to sums, the parts of all one after the other: a sample reads them in any order,
// and there are many.
class SparseUnits {
 public:
  // Ends a unit; its parts are columns and values, no column twice.
  void push_back(const std::vector<std::pair<uint32_t, double>>& parts);

  size_t size() const { return ends_.size(); }
  // Adds a unit's parts to sums.
  void add(std::vector<double>& sums, size_t unit) const {
    const size_t end = ends_[unit];
    for (size_t i = unit == 0 ? 0 : ends_[unit - 1]; i < end; ++i) {
      sums[parts_[i].column] += parts_[i].value;
    }
  }

 private:
  struct Part {
    uint32_t column;
    double value;
  };
  std::vector<Part> parts_;
  std::vector<size_t> ends_;
};

// From sums over some units to the figures of interest, always as many.
using FiguresOfSums = std::function<std::vector<double>(const std::vector<double>& sums)>;

// Percentile bootstrap over independent units (images: questions about one image hang together).
//   units     sums of each unit, all of the same length
// The value is of the units as they are. Samples in which a figure is NaN (0/0) tell nothing about
// it and are left out of its interval. Source: Efron and Tibshirani 1993, chapter 13.
std::vector<Interval> bootstrap(const std::vector<std::vector<double>>& units,
                                const FiguresOfSums& figures, const BootstrapOptions& options);

// The same for units that add to few of `num_sums` sums.
std::vector<Interval> bootstrap(const SparseUnits& units, size_t num_sums,
                                const FiguresOfSums& figures, const BootstrapOptions& options);

// Linear interpolation between the closest ranks of sorted values, of which there is one at least.
double quantile(const std::vector<double>& sorted, double share);

// The percentile interval of drawn figures, which it sorts; the value at both ends without any.
Interval percentile_interval(double value, std::vector<double>& drawn, double confidence);

// part / whole as a figure of sums; NaN, which tells nothing, when the whole is empty.
double ratio(double part, double whole);

}  // namespace plumbline::eval
