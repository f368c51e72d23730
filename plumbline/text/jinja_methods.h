// The attributes of Python's own values that templates use: methods of texts, lists and dicts.
#pragma once

#include <optional>
#include <string>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// Nothing when Python has no such attribute. Undefined, as in transformers' sandbox, for methods
// that change a value and for underscored names. Throws Fault for an attribute that Python has and
// this does not, so that nothing prints as empty that would not.
//
// The result keeps `value` and `budget`.
std::optional<Value> attribute_of(Budget& budget, const Value& value, const std::string& name);

}  // namespace plumbline::text::jinja
