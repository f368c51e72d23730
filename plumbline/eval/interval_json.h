// Figures in JSON: {"value", "low", "high"}, with null for NaN, which JSON cannot say.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "plumbline/eval/bootstrap.h"

namespace plumbline::eval {

nlohmann::json interval_to_json(const Interval& interval);

// Throw nlohmann's exceptions for what is neither a number nor null.
double number_or_nan(const nlohmann::json& value);
Interval interval_from_json(const nlohmann::json& value);

}  // namespace plumbline::eval
