// Values as text: Python's str() and repr(), and JSON.
#pragma once

#include <optional>
#include <string>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// What `{{ value }}` prints. Throws Fault for functions and iterators, whose text in Python holds
// addresses.
std::string str(Budget& budget, const Value& value);
std::string repr(Budget& budget, const Value& value);

// json.dumps of Python's standard library.
struct JsonStyle {
  bool is_ascii = false;              // escape characters outside ASCII
  std::optional<std::string> indent;  // of one level; missing: all on one line
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  bool sort_keys = false;
};
// Throws Fault for values that JSON does not have.
std::string json_text(Budget& budget, const Value& value, const JsonStyle& style);

}  // namespace plumbline::text::jinja
