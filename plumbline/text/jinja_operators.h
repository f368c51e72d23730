// Python's operators on a template's values. All of them throw Fault where Python raises.
#pragma once

#include <string>
#include <string_view>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// Throws Fault that names the undefined value. Everything but printing, testing, comparing for
// equality and iterating asks this first.
void require_defined(const Value& value);

// `op` is one of + - * / // % **.
Value arithmetic(Budget& budget, std::string_view op, const Value& left, const Value& right);
Value negative(const Value& value);
Value positive(const Value& value);

bool equal(Budget& budget, const Value& left, const Value& right);
// left < right, of numbers, texts, or lists of them.
bool less(Budget& budget, const Value& left, const Value& right);
// `op` is one of == != < <= > >= in, and "not in".
bool compare(Budget& budget, std::string_view op, const Value& left, const Value& right);
bool contains(Budget& budget, const Value& container, const Value& item);

// value[index], and what Jinja makes of it: an attribute of that name, or undefined. Attributes of
// Python's own values are methods (jinja_methods.h).
Value get_item(Budget& budget, const Value& value, const Value& index);
// value.name: an attribute, or value['name'], or undefined.
Value get_attribute(Budget& budget, const Value& value, const std::string& name);

// value[start:stop:step] of texts, lists, tuples and ranges; None where a bound is missing.
Value slice(Budget& budget, const Value& value, const Value& start, const Value& stop,
            const Value& step);

// len().
int64_t size_of(Budget& budget, const Value& value);

}  // namespace plumbline::text::jinja
