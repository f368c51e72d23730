#include "plumbline/train/metrics.h"

#include <fmt/format.h>

#include <cmath>

#include "plumbline/base/error.h"

namespace plumbline::train {

void check_finite(const std::string& stage, int64_t step, const Metrics& metrics,
                  const std::string& examples) {
  std::string bad;
  for (const auto& [name, value] : metrics) {
    if (!std::isfinite(value))
      bad += fmt::format("{}{} = {}", bad.empty() ? "" : ", ", name, value);
  }
  if (bad.empty()) return;
  throw NumericError(Complaint{.component = stage,
                               .doing = fmt::format("training, step {}", step),
                               .expected = "finite figures",
                               .got = bad,
                               .where = examples,
                               .hint = "lower optimizer.lr, or resume from the last checkpoint."});
}

void PhaseTimer::phase(const std::string& name) {
  seconds_["time/" + name + "_seconds"] += watch_.seconds();
  watch_.restart();
}

}  // namespace plumbline::train
