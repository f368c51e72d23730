#include "plumbline/rl/kl_controller.h"

#include <algorithm>

namespace plumbline::rl {
namespace {

class FixedKl : public KlController {
 public:
  using KlController::KlController;
  void update(double, int64_t) override {}
};

class AdaptiveKl : public KlController {
 public:
  AdaptiveKl(double coefficient, double target, double horizon)
      : KlController(coefficient), target_(target), horizon_(horizon) {}
  void update(double kl, int64_t num_sequences) override {
    // config/validate.cpp knows the 0.2: the factor below must stay above 0.
    const double error = std::clamp(kl / target_ - 1, -0.2, 0.2);
    set_coefficient(coefficient() * (1 + error * static_cast<double>(num_sequences) / horizon_));
  }

 private:
  double target_;
  double horizon_;
};

}  // namespace

std::unique_ptr<KlController> make_kl_controller(bool is_adaptive, double coefficient,
                                                 double target, double horizon) {
  if (is_adaptive) return std::make_unique<AdaptiveKl>(coefficient, target, horizon);
  return std::make_unique<FixedKl>(coefficient);
}

}  // namespace plumbline::rl
