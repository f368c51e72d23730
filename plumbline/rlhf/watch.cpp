#include "plumbline/rlhf/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {

bool Watch::Alarm::turn(bool on) {
  const bool is_new = on && !is_on;
  is_on = on;
  return is_new;
}

std::vector<std::string> Watch::look(train::Metrics& figures) {
  const double length = figures.at("response/length");
  const double repetition = figures.at("response/repetition");
  if (!first_length_) first_length_ = length;
  if (!first_repetition_) first_repetition_ = repetition;
  std::vector<std::string> alarms;
  const double factor = length > 0 && *first_length_ > 0
                            ? std::max(length / *first_length_, *first_length_ / length)
                            : 1;
  if (length_.turn(config_.length_alarm > 0 && factor > config_.length_alarm)) {
    alarms.push_back(fmt::format("answers have {:.1f} tokens; at the start they had {:.1f}", length,
                                 *first_length_));
  }
  const bool repeats =
      config_.repetition_alarm > 0 && repetition - *first_repetition_ > config_.repetition_alarm;
  if (repetition_.turn(repeats)) {
    alarms.push_back(
        fmt::format("{:.0f} % of the runs of three tokens stood in the answer before; at the start "
                    "{:.0f} %",
                    100 * repetition, 100 * *first_repetition_));
  }
  figures["alarm/length"] = length_.is_on ? 1 : 0;
  figures["alarm/repetition"] = repetition_.is_on ? 1 : 0;
  return alarms;
}

nlohmann::json Watch::memory() const {
  nlohmann::json memory{{"length_alarm", length_.is_on}, {"repetition_alarm", repetition_.is_on}};
  if (first_length_) memory["first_length"] = *first_length_;
  if (first_repetition_) memory["first_repetition"] = *first_repetition_;
  return memory;
}

void Watch::remember(const nlohmann::json& memory) {
  length_.is_on = memory.at("length_alarm").get<bool>();
  repetition_.is_on = memory.at("repetition_alarm").get<bool>();
  if (memory.contains("first_length")) first_length_ = memory.at("first_length").get<double>();
  if (memory.contains("first_repetition")) {
    first_repetition_ = memory.at("first_repetition").get<double>();
  }
}

bool is_beyond_ceiling(double kl, const config::PpoConfig& c) {
  return c.kl_ceiling > 0 && kl > c.kl_ceiling;
}

NumericError kl_ceiling_error(double kl, const config::PpoConfig& c, int64_t iteration) {
  return NumericError(Complaint{
      .component = "ppo",
      .doing = fmt::format("iteration {}", iteration + 1),
      .expected = fmt::format("a KL of at most {} nats per answer, ppo.kl_ceiling", c.kl_ceiling),
      .got = fmt::format("{:.2f}", kl),
      .hint = "the newest checkpoint has the weights as they are; a new run with a larger "
              "ppo.kl_coef or a smaller optimizer.lr may start from this one's best/, by "
              "model.adapter."});
}

}  // namespace plumbline::rlhf
