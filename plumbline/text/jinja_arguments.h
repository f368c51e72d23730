// The arguments of a call, matched with the names a function gives them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// Throws Fault for arguments that are too many, unknown, given twice or missing, and from the
// getters for those of another type.
class Bound {
 public:
  // The first `required` of `names` must be given. An empty name is given by position only.
  Bound(std::string function, const Arguments& arguments,
        std::initializer_list<std::string_view> names, size_t required = 0);

  // nullptr when it is not given.
  const Value* get(size_t i) const { return values_[i]; }
  // None, where Python's default is None.
  Value or_none(size_t i) const { return values_[i] ? *values_[i] : Value(); }
  bool flag(size_t i, bool fallback) const;
  int64_t integer(size_t i, int64_t fallback) const;
  const std::string& text(size_t i) const;

 private:
  [[noreturn]] void fail(std::string expected, std::string got) const;

  std::string function_;
  std::vector<const Value*> values_;
};

}  // namespace plumbline::text::jinja
