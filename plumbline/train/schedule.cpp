#include "plumbline/train/schedule.h"

#include <cmath>
#include <numbers>

namespace plumbline::train {

double schedule_factor(const config::OptimizerConfig& config, int64_t step, int64_t total) {
  const double warmup = std::ceil(config.warmup_ratio * static_cast<double>(total));
  const auto now = static_cast<double>(step);
  if (now < warmup) return (now + 1) / warmup;
  const double progress = (now - warmup) / std::max(1.0, static_cast<double>(total) - warmup);
  switch (config.schedule) {
    case config::Schedule::Constant:
      return 1;
    case config::Schedule::Linear:
      return 1 - progress;
    case config::Schedule::Cosine:
      return 0.5 * (1 + std::cos(std::numbers::pi * progress));
  }
  return 1;
}

}  // namespace plumbline::train
