// How strongly the KL penalty pulls, iteration by iteration.
#pragma once

#include <cstdint>
#include <memory>

namespace plumbline::rl {

class KlController {
 public:
  explicit KlController(double coefficient) : coefficient_(coefficient) {}
  virtual ~KlController() = default;
  double coefficient() const { return coefficient_; }
  void set_coefficient(double coefficient) { coefficient_ = coefficient; }
  // Tells what one iteration measured.
  //   kl             mean KL of a whole answer, in nats
  //   num_sequences  answers of the iteration
  virtual void update(double kl, int64_t num_sequences) = 0;

 private:
  double coefficient_;
};

// Fixed: the coefficient stays. Adaptive: proportional control towards `target` nats per answer,
// coefficient *= 1 + clamp(kl / target - 1, -0.2, 0.2) * num_sequences / horizon.
// Source: Ziegler et al. 2019 (arXiv 1909.08593), section 2.2.
std::unique_ptr<KlController> make_kl_controller(bool is_adaptive, double coefficient,
                                                 double target, double horizon);

}  // namespace plumbline::rl
