#include "plumbline/text/jinja_methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_arguments.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_text_methods.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Sequence::Kind;
using Names = std::string_view;

// Attributes of Python 3.11's types, with a blank on either side.
constexpr Names kListMethods = " copy count index ";
constexpr Names kListChanges = " append clear extend insert pop remove reverse sort ";
constexpr Names kTupleMethods = " count index ";
constexpr Names kRangeMethods = " count index start step stop ";
constexpr Names kDictMethods = " copy get items keys values ";
constexpr Names kDictChanges = " clear pop popitem setdefault update ";
constexpr Names kDictOthers = " fromkeys ";
constexpr Names kViewOthers = " isdisjoint mapping ";
constexpr Names kIntegerOthers =
    " as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real "
    "to_bytes ";
constexpr Names kFloatOthers = " as_integer_ratio conjugate fromhex hex imag is_integer real ";
constexpr Names kIteratorOthers =
    " close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw ";

bool has(Names names, std::string_view name) {
  return names.find(fmt::format(" {} ", name)) != Names::npos;
}

[[noreturn]] void refuse(const Value& value, std::string_view name) {
  throw Fault{"attributes that are supported",
              fmt::format("'{}' of a {}", name, value.type_name())};
}

Value method(const Value& self, const std::string& name,
             std::function<Value(const Arguments&)> call) {
  return std::shared_ptr<const Callable>(std::make_shared<const Callable>(
      Callable{.name = name, .nesting = self.nesting() + 1, .call = std::move(call)}));
}

Value index_of(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("index", arguments, {"", "", ""}, 1);
  const auto& items = self.as_sequence()->items;
  const auto size = std::ssize(items);
  const auto clipped = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
  };
  const int64_t stop = clipped(bound.integer(2, size));
  for (int64_t i = clipped(bound.integer(1, 0)); i < stop; ++i) {
    if (equal(budget, items[static_cast<size_t>(i)], *bound.get(0))) return i;
  }
  throw Fault{"an item of the list for index", "another value"};
}

Value count_of(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("count", arguments, {""}, 1);
  const auto& items = self.as_sequence()->items;
  return static_cast<int64_t>(std::count_if(items.begin(), items.end(), [&](const Value& item) {
    return equal(budget, item, *bound.get(0));
  }));
}

Value sequence_method(Budget& budget, const Value& self, const std::string& name) {
  const Sequence& sequence = *self.as_sequence();
  if (name == "start") return sequence.start;
  if (name == "stop") return sequence.stop;
  if (name == "step") return sequence.step;
  return method(self, name, [&budget, self, name](const Arguments& arguments) {
    if (name == "index") return index_of(budget, self, arguments);
    if (name == "count") return count_of(budget, self, arguments);
    const Bound bound(name, arguments, {});
    return self;  // a copy, of what does not change
  });
}

std::optional<Value> sequence_attribute(Budget& budget, const Value& self,
                                        const std::string& name) {
  const Kind kind = self.as_sequence()->kind;
  if (kind == Kind::List && has(kListChanges, name))
    return Value::undefined(fmt::format("'{}', which changes a list", name));
  const Names known = kind == Kind::List    ? kListMethods
                      : kind == Kind::Tuple ? kTupleMethods
                      : kind == Kind::Range ? kRangeMethods
                                            : Names(" ");
  if (has(known, name)) return sequence_method(budget, self, name);
  if (known == " " && has(kViewOthers, name)) refuse(self, name);
  return std::nullopt;
}

Value view_of(Budget& budget, const Dict& dict, Kind kind) {
  std::vector<Value> items;
  for (const auto& [key, value] : dict.items()) {
    items.push_back(kind == Kind::Keys     ? key
                    : kind == Kind::Values ? value
                                           : make_tuple(budget, {key, value}));
  }
  return make_list(budget, std::move(items), kind);
}

Value dict_call(Budget& budget, const Value& self, const std::string& name,
                const Arguments& arguments) {
  const Dict& dict = *self.as_dict();
  if (name == "get") {
    const Bound bound(name, arguments, {"", ""}, 1);
    const Value* found = dict.find(budget, *bound.get(0));
    return found ? *found : bound.or_none(1);
  }
  const Bound bound(name, arguments, {});
  if (name == "keys") return view_of(budget, dict, Kind::Keys);
  if (name == "values") return view_of(budget, dict, Kind::Values);
  if (name == "items") return view_of(budget, dict, Kind::Items);
  return self;  // a copy, of what does not change
}

std::optional<Value> dict_attribute(Budget& budget, const Value& self, const std::string& name) {
  if (has(kDictChanges, name))
    return Value::undefined(fmt::format("'{}', which changes a dict", name));
  if (has(kDictOthers, name)) refuse(self, name);
  if (!has(kDictMethods, name)) return std::nullopt;
  return method(self, name, [&budget, self, name](const Arguments& arguments) {
    return dict_call(budget, self, name, arguments);
  });
}

std::optional<Value> text_attribute(Budget& budget, const Value& self, const std::string& name) {
  const TextMethod* found = text_method(name);
  if (!found && is_other_text_method(name)) refuse(self, name);
  if (!found) return std::nullopt;
  return method(self, name, [&budget, self, name, found](const Arguments& arguments) {
    return found->call(budget, self, arguments);
  });
}

// Attributes that Python has and this refuses.
Names other_attributes(const Value& value) {
  if (value.as_integer()) return kIntegerOthers;
  if (value.as_double()) return kFloatOthers;
  if (value.as_iterator()) return kIteratorOthers;
  return " ";
}

}  // namespace

std::optional<Value> attribute_of(Budget& budget, const Value& value, const std::string& name) {
  budget.spend(1);
  if (auto* object = value.as_object()) return object->attribute(name);
  if (value.as_callable()) refuse(value, name);
  // Python's own begin with two, and its sandbox hides them; a dictionary may hold others.
  if (name.starts_with("_")) return std::nullopt;
  if (value.as_sequence()) return sequence_attribute(budget, value, name);
  if (value.as_dict()) return dict_attribute(budget, value, name);
  if (value.as_text()) return text_attribute(budget, value, name);
  if (has(other_attributes(value), name)) refuse(value, name);
  return std::nullopt;
}

}  // namespace plumbline::text::jinja
