// Figures of one step, and what must hold of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/base/clock.h"

namespace plumbline::train {

// Name -> value. docs/metrics.md explains each name. Names below "time/" differ between equal runs.
using Metrics = std::map<std::string, double>;

// Throws NumericError naming stage, step, every figure that is not finite, and the examples that
// the step was about. Call before the optimiser's step, so that nothing is spoilt.
void check_finite(const std::string& stage, int64_t step, const Metrics& metrics,
                  const std::string& examples = "");

// "<what> a, b, ...": the first sixteen, as `examples` of an error.
std::string first_names(const std::string& what, const std::vector<std::string>& names);

// Seconds spent in the named phases of a step.
class PhaseTimer {
 public:
  // Ends the phase that began when the last one ended.
  void phase(const std::string& name);
  Metrics metrics() const { return seconds_; }  // "time/<name>_seconds"

 private:
  Stopwatch watch_;
  Metrics seconds_;
};

}  // namespace plumbline::train
