// Times work as the benches do.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "plumbline/base/clock.h"

namespace plumbline {

// Seconds that `work` takes, the median of some rounds.
inline double median_seconds(int rounds, const std::function<void()>& work) {
  std::vector<double> seconds;
  for (int i = 0; i < rounds; ++i) {
    const Stopwatch watch;
    work();
    seconds.push_back(watch.seconds());
  }
  std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
  return seconds[static_cast<size_t>(rounds / 2)];
}

}  // namespace plumbline
