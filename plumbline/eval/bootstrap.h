// Intervals by resampling.
#pragma once

#include <cstdint>
#include <functional>
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

// Percentile bootstrap over independent units (images: questions about one image hang together).
//   units     sums of each unit, all of the same length
//   figures   from the sums over some units to the figures of interest, always as many
// The value is of the units as they are. Samples in which a figure is NaN (0/0) tell nothing about
// it and are left out of its interval. Source: Efron and Tibshirani 1993, chapter 13.
std::vector<Interval> bootstrap(
    const std::vector<std::vector<double>>& units,
    const std::function<std::vector<double>(const std::vector<double>& sums)>& figures,
    const BootstrapOptions& options);

// The same for units that are kept in another form: `add` adds the sums of unit i to `num_sums`
// sums.
std::vector<Interval> bootstrap(
    size_t num_units, size_t num_sums,
    const std::function<void(std::vector<double>& sums, size_t unit)>& add,
    const std::function<std::vector<double>(const std::vector<double>& sums)>& figures,
    const BootstrapOptions& options);

// Linear interpolation between the closest ranks of sorted values, of which there is one at least.
double quantile(const std::vector<double>& sorted, double share);

// part / whole as a figure of sums; NaN, which tells nothing, when the whole is empty.
double ratio(double part, double whole);

}  // namespace plumbline::eval
