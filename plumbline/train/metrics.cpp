#include "plumbline/train/metrics.h"

#include <fmt/format.h>

#include <algorithm>
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
  throw NumericError(Complaint{
      .component = stage,
      .doing = fmt::format("training, step {}", step),
      .expected = "finite figures",
      .got = bad,
      .where = examples,
      .hint = "start anew with a lower optimizer.lr; --resume would meet the same numbers again."});
}

std::string first_names(const std::string& what, const std::vector<std::string>& names) {
  constexpr size_t kShown = 16;
  std::string text = what;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? " " : ", ") + names[i];
  }
  return text + (names.size() > kShown ? ", ..." : "");
}

void PhaseTimer::phase(const std::string& name) {
  seconds_["time/" + name + "_seconds"] += watch_.seconds();
  watch_.restart();
}

}  // namespace plumbline::train
