// What stands behind `is`: defined, string, even, ...
#pragma once

#include <string>
#include <string_view>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

struct Test {
  std::string_view name;
  size_t num_arguments;  // beside the value
  bool (*holds)(Budget& budget, const Value& value, const std::vector<Value>& arguments);
};

// nullptr when there is none of that name.
const Test* find_test(std::string_view name);

// Throws Fault for an unknown name and for wrong arguments.
bool apply_test(Budget& budget, std::string_view name, const Value& value,
                const Arguments& arguments);

}  // namespace plumbline::text::jinja
