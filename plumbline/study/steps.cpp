#include "plumbline/study/steps.h"

#include <fmt/format.h>

#include "plumbline/base/clock.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"

namespace plumbline::study {
std::string whereabouts(const std::vector<Step>& steps, size_t index, double elapsed) {
  double before = 0, after = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].is_done) (i < index ? before : after) += steps[i].seconds;
  }
  const std::string place = fmt::format("{}/{}", index + 1, steps.size());
  // As if a little had been done at the expected pace: the first steps may be tiny ones.
  constexpr double kPrior = 30;
  const double pace = (elapsed + kPrior) / (before + kPrior);
  return place + ", about " + duration_text(after * pace) + " left";
}

void carry_out(const std::string& label, const std::vector<Step>& steps) {
  const Stopwatch watch;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].is_done) {
      log_info("{} {}/{}: {} is done", label, i + 1, steps.size(), steps[i].name);
      continue;
    }
    const std::string place = whereabouts(steps, i, watch.seconds());
    log_info("{} {}: {}", label, place, steps[i].name);
    const ProgressContext context(label + " " + place + " | ");
    steps[i].run();
  }
}

}  // namespace plumbline::study
