#include "plumbline/text/jinja_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/text/jinja_arguments.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using View = std::string_view;

// A value as text, still safe if it was: what most text filters begin with.
Value soft_text(Budget& budget, const Value& value) {
  return value.as_text() ? value : Value(str(budget, value));
}

template <std::string (*convert)(View), bool keeps_safe>
Value converted(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("a filter without arguments", arguments, {});
  const Value text = soft_text(budget, value);
  return make_text(budget, convert(*text.as_text()), keeps_safe && text.is_safe_text());
}

Value as_string(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("string", arguments, {});
  return soft_text(budget, value);
}

Value trim(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("trim", arguments, {"chars"});
  const Value text = soft_text(budget, value);
  const bool has_chars = bound.get(0) && !bound.get(0)->is_none();
  const auto chars = has_chars ? std::optional<View>(bound.text(0)) : std::nullopt;
  budget.spend(text.as_text()->size() * (has_chars ? 1 + chars->size() : 1) / 16);
  return make_text(budget, std::string(stripped(*text.as_text(), chars, Side::Both)),
                   text.is_safe_text());
}

Value replace(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("replace", arguments, {"old", "new", "count"}, 2);
  const std::string text = str(budget, value), from = str(budget, *bound.get(0)),
                    to = str(budget, *bound.get(1));
  const bool has_limit = bound.get(2) && !bound.get(2)->is_none();
  const int64_t limit = has_limit ? bound.integer(2, -1) : -1;
  const int64_t found = count(text, from);
  const auto times = static_cast<size_t>(limit < 0 ? found : std::min(limit, found));
  budget.spend_text(text.size() + times * to.size());
  return Value(replaced(text, from, to, limit));
}

Value indent(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("indent", arguments, {"width", "first", "blank"});
  require_defined(value);
  if (!value.as_text()) throw Fault{"a text to indent", fmt::format("a {}", value.type_name())};
  const bool has_text = bound.get(0) && bound.get(0)->as_text();
  const int64_t width = has_text ? 0 : std::max<int64_t>(bound.integer(0, 4), 0);
  budget.spend_text(static_cast<size_t>(width));
  const std::string indention =
      has_text ? bound.text(0) : std::string(static_cast<size_t>(width), ' ');
  const std::string text = *value.as_text() + "\n";  // Python's code adds it for the empty text
  const auto lines = split_lines(text);
  budget.spend_text(text.size() + lines.size() * indention.size());
  std::string out = bound.flag(1, false) ? indention : "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    if (i > 0 && (bound.flag(2, false) || !lines[i].empty())) out += indention;
    out += lines[i];
  }
  return Value(std::move(out), value.is_safe_text());
}

Value fallback(Budget&, const Value& value, const Arguments& arguments) {
  const Bound bound("default", arguments, {"default_value", "boolean"});
  const bool is_missing = value.is_undefined() || (bound.flag(1, false) && !is_true(value));
  if (!is_missing) return value;
  return bound.get(0) ? *bound.get(0) : Value("");
}

Value safe(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("safe", arguments, {});
  return Value(str(budget, value), /*is_safe=*/true);
}

Value escape(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("escape", arguments, {});
  if (value.is_safe_text()) return value;
  return make_text(budget, html_escaped(str(budget, value)), /*is_safe=*/true);
}

Value length(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("length", arguments, {});
  if (auto* object = value.as_object()) {
    if (auto size =
            object->type_name() == "LoopContext" ? object->attribute("length") : std::nullopt)
      return *size;
  }
  return size_of(budget, value);
}

JsonStyle json_style(Budget& budget, const Bound& bound) {
  JsonStyle style;
  style.is_ascii = bound.flag(0, false);
  style.sort_keys = bound.flag(3, false);
  if (bound.get(1) && !bound.get(1)->is_none()) {
    const bool is_text = bound.get(1)->as_text() != nullptr;
    const int64_t width = is_text ? 0 : std::max<int64_t>(bound.integer(1, 0), 0);
    budget.spend_text(static_cast<size_t>(width));
    style.indent = is_text ? bound.text(1) : std::string(static_cast<size_t>(width), ' ');
    style.item_separator = ",";
  }
  if (bound.get(2) && !bound.get(2)->is_none()) {
    const auto parts = collect(budget, *bound.get(2));
    if (parts.size() != 2 || !parts[0].as_text() || !parts[1].as_text())
      throw Fault{"two texts as tojson's separators", bound.get(2)->type_name()};
    style.item_separator = *parts[0].as_text();
    style.key_separator = *parts[1].as_text();
  }
  return style;
}

Value to_json(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  return Value(json_text(budget, value, json_style(budget, bound)));
}

// The integer part of a number; nothing for what has none in 64 bits.
std::optional<int64_t> truncated(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  if (std::abs(number) >= 9.2e18) throw Fault{"integers of 64 bits", fmt::format("{}", number)};
  return static_cast<int64_t>(number);
}

Value to_int(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("int", arguments, {"default", "base"});
  require_defined(value);
  const Value missing = bound.get(0) ? *bound.get(0) : Value(int64_t{0});
  if (const auto integer = value.as_integer()) return *integer;
  if (const auto* text = value.as_text()) {
    budget.spend_text(text->size());
    // A base of another type is an error that Python's filter catches.
    const bool has_base = bound.get(1) != nullptr;
    const int64_t base = has_base ? bound.get(1)->as_integer().value_or(-1) : 10;
    const bool is_base = base == 0 || (base >= 2 && base <= 36);
    const auto integer =
        is_base ? parse_integer(*text, static_cast<int>(base)) : std::optional<int64_t>();
    if (integer) return *integer;
    const auto number = parse_number(*text);
    const auto whole = number ? truncated(*number) : std::nullopt;
    return whole ? Value(*whole) : missing;
  }
  if (const auto* number = value.as_double()) {
    // Python's int() of infinity raises what the filter does not catch.
    if (std::isinf(*number)) throw Fault{"a finite number for int", "infinity"};
    const auto whole = truncated(*number);
    return whole ? Value(*whole) : missing;
  }
  return missing;
}

Value to_float(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("float", arguments, {"default"});
  require_defined(value);
  const Value missing = bound.get(0) ? *bound.get(0) : Value(0.0);
  if (const auto number = value.as_number()) return *number;
  const auto* text = value.as_text();
  if (text) budget.spend_text(text->size());
  const auto number = text ? parse_number(*text) : std::nullopt;
  return number ? Value(*number) : missing;
}

Value absolute(Budget&, const Value& value, const Arguments& arguments) {
  const Bound bound("abs", arguments, {});
  require_defined(value);
  if (const auto integer = value.as_integer())
    return *integer < 0 ? negative(value) : Value(*integer);
  if (const auto* number = value.as_double()) return std::abs(*number);
  throw Fault{"a number for abs", fmt::format("a {}", value.type_name())};
}

// To the nearest decimal, of two the even one, as the exact binary value decides: printf does so.
double rounded(double number, int64_t precision) {
  if (!std::isfinite(number) || precision > 330) return number;
  return std::strtod(fmt::format("{:.{}f}", number, precision).c_str(), nullptr);
}

Value round_number(Budget&, const Value& value, const Arguments& arguments) {
  const Bound bound("round", arguments, {"precision", "method"});
  require_defined(value);
  const int64_t precision = bound.integer(0, 0);
  const std::string method = bound.get(1) ? bound.text(1) : "common";
  if (!value.as_number()) throw Fault{"a number for round", fmt::format("a {}", value.type_name())};
  if (precision < 0 || precision > 300)
    throw Fault{"round's precision within 0 and 300", fmt::format("{}", precision)};
  if (method == "common") {
    if (value.as_integer()) return *value.as_integer();
    return rounded(*value.as_number(), precision);
  }
  if (method != "ceil" && method != "floor")
    throw Fault{"common, ceil or floor as round's method", python_quoted(method)};
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = *value.as_number() * scale;
  if (!std::isfinite(scaled)) throw Fault{"a finite number for round", "another"};
  const double whole = method == "ceil" ? std::ceil(scaled) : std::floor(scaled);
  return (whole == 0 ? 0.0 : whole) / scale;  // Python's ceil is an integer, which has no -0
}

constexpr Filter kFilters[] = {
    {"abs", absolute},
    {"capitalize", converted<capitalized, true>},
    {"count", length},
    {"d", fallback},
    {"default", fallback},
    {"e", escape},
    {"escape", escape},
    {"float", to_float},
    {"indent", indent},
    {"int", to_int},
    {"length", length},
    {"lower", converted<lower, true>},
    {"replace", replace},
    {"round", round_number},
    {"safe", safe},
    {"string", as_string},
    {"title", converted<title_of_words, false>},
    {"tojson", to_json},
    {"trim", trim},
    {"upper", converted<upper, true>},
};

}  // namespace

const Filter* find_filter(std::string_view name) {
  for (const Filter& filter : kFilters) {
    if (filter.name == name) return &filter;
  }
  return find_sequence_filter(name);
}

Value apply_filter(Budget& budget, std::string_view name, const Value& value,
                   const Arguments& arguments) {
  const Filter* filter = find_filter(name);
  if (!filter) throw Fault{"a filter that is supported", fmt::format("'{}'", name)};
  budget.spend(1);
  return filter->apply(budget, value, arguments);
}

}  // namespace plumbline::text::jinja
