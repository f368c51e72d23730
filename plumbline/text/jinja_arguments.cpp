#include "plumbline/text/jinja_arguments.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::text::jinja {

Bound::Bound(std::string function, const Arguments& arguments,
             std::initializer_list<std::string_view> names, size_t required)
    : function_(std::move(function)), values_(names.size(), nullptr) {
  if (arguments.positional.size() > names.size()) {
    fail(fmt::format("at most {} arguments", names.size()),
         fmt::format("{}", arguments.positional.size()));
  }
  for (size_t i = 0; i < arguments.positional.size(); ++i) values_[i] = &arguments.positional[i];
  for (const auto& [name, value] : arguments.named) {
    const auto* found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) fail("arguments that it takes", fmt::format("'{}'", name));
    const Value*& slot = values_[static_cast<size_t>(found - names.begin())];
    if (slot) fail("every argument once", fmt::format("'{}' twice", name));
    slot = &value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (!values_[i]) fail(fmt::format("{} arguments", required), fmt::format("{}", i));
  }
}

bool Bound::flag(size_t i, bool fallback) const {
  return values_[i] ? is_true(*values_[i]) : fallback;
}

int64_t Bound::integer(size_t i, int64_t fallback) const {
  if (!values_[i]) return fallback;
  const auto integer = values_[i]->as_integer();
  if (!integer) fail("an integer", fmt::format("a {}", values_[i]->type_name()));
  return *integer;
}

const std::string& Bound::text(size_t i) const {
  if (!values_[i]) fail("a text", "nothing");
  const auto* text = values_[i]->as_text();
  if (!text) fail("a text", fmt::format("a {}", values_[i]->type_name()));
  return *text;
}

void Bound::fail(std::string expected, std::string got) const {
  throw Fault{fmt::format("{} for {}", expected, function_), std::move(got)};
}

}  // namespace plumbline::text::jinja
