// The methods of a text: Python's str, as far as templates use it.
#pragma once

#include <string_view>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

struct TextMethod {
  std::string_view name;
  // Throws Fault where Python raises.
  Value (*call)(Budget& budget, const Value& self, const Arguments& arguments);
};

// nullptr when there is none of that name.
const TextMethod* text_method(std::string_view name);

// Whether Python has a method of that name that is not supported here.
bool is_other_text_method(std::string_view name);

}  // namespace plumbline::text::jinja
