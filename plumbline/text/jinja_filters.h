// What stands behind `|`: trim, tojson, selectattr, ...
#pragma once

#include <string>
#include <string_view>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

struct Filter {
  std::string_view name;
  // Throws Fault where Python raises.
  Value (*apply)(Budget& budget, const Value& value, const Arguments& arguments);
};

// nullptr when there is none of that name.
const Filter* find_filter(std::string_view name);

// Throws Fault for an unknown name too.
Value apply_filter(Budget& budget, std::string_view name, const Value& value,
                   const Arguments& arguments);

// The filters that take or give lists; part of find_filter.
const Filter* find_sequence_filter(std::string_view name);

}  // namespace plumbline::text::jinja
