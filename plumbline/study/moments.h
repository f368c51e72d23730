// Means and spreads of a few numbers, at least one.
#pragma once

#include <vector>

namespace plumbline::study {

inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Of the differences from the mean, squared.
inline double squared_deviations(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum;
}

}  // namespace plumbline::study
