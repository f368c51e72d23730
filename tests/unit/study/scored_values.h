// Scorings by hand: the mean of one value for each image.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::study {

inline eval::Scoring mean_of(const std::vector<double>& values, const std::string& prefix = "i") {
  eval::Tally tally;
  const auto sum = tally.column("sum"), count = tally.column("count");
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string image = prefix + std::to_string(i);
    tally.add(image, sum, values[i]);
    tally.add(image, count);
  }
  return {
      .figures = {{.name = "mean"}},
      .num_sums = tally.num_columns(),
      .units = tally.units(),
      .values = [](const eval::Sums& s) { return std::vector<double>{eval::ratio(s[0], s[1])}; }};
}

}  // namespace plumbline::study
