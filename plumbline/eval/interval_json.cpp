#include "plumbline/eval/interval_json.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace plumbline::eval {

nlohmann::json interval_to_json(const Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

double number_or_nan(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

Interval interval_from_json(const nlohmann::json& value) {
  return {number_or_nan(value.at("value")), number_or_nan(value.at("low")),
          number_or_nan(value.at("high"))};
}

}  // namespace plumbline::eval
