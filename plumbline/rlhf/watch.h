// Alarms while a policy is optimised.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/config/config.h"
#include "plumbline/train/metrics.h"

namespace plumbline::rlhf {

// Compares the length and the repetition of answers with those of the first iteration.
class Watch {
 public:
  explicit Watch(const config::PpoConfig& config) : config_(config) {}

  // What is alarming about an iteration's figures, each kind once until it is over; adds
  // "alarm/length" and "alarm/repetition", 1 while they last.
  std::vector<std::string> look(train::Metrics& figures);

  nlohmann::json memory() const;
  void remember(const nlohmann::json& memory);

 private:
  struct Alarm {
    bool is_on = false;
    // Whether it goes on now.
    bool turn(bool on);
  };

  config::PpoConfig config_;
  std::optional<double> first_length_, first_repetition_;
  Alarm length_, repetition_;
};

// Whether the KL of answers has passed ppo.kl_ceiling: the policy has left what its reward model
// was trained on.
bool is_beyond_ceiling(double kl, const config::PpoConfig& config);
NumericError kl_ceiling_error(double kl, const config::PpoConfig& config, int64_t iteration);

}  // namespace plumbline::rlhf
