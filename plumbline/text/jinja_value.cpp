#include "plumbline/text/jinja_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "plumbline/text/jinja_strings.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text::jinja {
namespace {

int nesting_of(const std::vector<Value>& items) {
  int deepest = 0;
  for (const Value& item : items) deepest = std::max(deepest, item.nesting());
  return deepest + 1;
}

const char* sequence_type(Sequence::Kind kind) {
  switch (kind) {
    case Sequence::Kind::List:
      return "list";
    case Sequence::Kind::Tuple:
      return "tuple";
    case Sequence::Kind::Range:
      return "range";
    case Sequence::Kind::Keys:
      return "dict_keys";
    case Sequence::Kind::Values:
      return "dict_values";
    case Sequence::Kind::Items:
      return "dict_items";
  }
  return "";
}

std::string number_key(double number) {
  // 1.0 and 1 are one key.
  if (number == std::floor(number) && std::abs(number) < 9e18)
    return fmt::format("n{}", static_cast<int64_t>(number));
  uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  return fmt::format("f{:x}", bits);
}

// Ranges are equal when their numbers are.
std::string range_key(const Sequence& range) {
  const size_t size = range.items.size();
  return fmt::format("r{} {} {}", size, size > 0 ? range.start : 0, size > 1 ? range.step : 0);
}

std::string tuple_key(Budget& budget, const Sequence& tuple) {
  std::string key = "(";
  for (const Value& item : tuple.items) {
    const std::string part = hash_key(budget, item);
    key += fmt::format("{}:{}", part.size(), part);
    budget.spend_more_text(key.size(), part.size());
  }
  return key;
}

Value from_json_object(Budget& budget, const nlohmann::ordered_json& json) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [key, value] : json.items()) {
    dict->set(budget, Value(repaired_utf8(key)), from_json(budget, value));
  }
  return std::shared_ptr<const Dict>(std::move(dict));
}

Value from_json_array(Budget& budget, const nlohmann::ordered_json& json) {
  std::vector<Value> items;
  for (const auto& item : json) items.push_back(from_json(budget, item));
  return make_list(budget, std::move(items));
}

}  // namespace

Value Value::undefined(std::string reason) {
  Value value;
  value.data_ = Undefined{std::make_shared<const std::string>(std::move(reason))};
  return value;
}

std::optional<int64_t> Value::as_integer() const {
  if (const auto* b = as_bool()) return *b ? 1 : 0;
  const auto* i = std::get_if<int64_t>(&data_);
  return i ? std::optional(*i) : std::nullopt;
}

std::optional<double> Value::as_number() const {
  if (const auto* d = as_double()) return *d;
  const auto i = as_integer();
  return i ? std::optional(static_cast<double>(*i)) : std::nullopt;
}

const std::string* Value::as_text() const {
  const auto* text = std::get_if<Text>(&data_);
  return text ? text->text.get() : nullptr;
}

bool Value::is_safe_text() const {
  const auto* text = std::get_if<Text>(&data_);
  return text && text->is_safe;
}

int Value::nesting() const {
  if (const auto* sequence = as_sequence()) return sequence->nesting;
  if (const auto* dict = as_dict()) return dict->nesting();
  if (const auto* iterator = as_iterator()) return iterator->nesting();
  if (const auto* object = as_object()) return object->nesting();
  if (const auto* callable = as_callable()) return callable->nesting;
  return 0;
}

std::string Value::type_name() const {
  if (is_undefined()) return "Undefined";
  if (is_none()) return "NoneType";
  if (as_bool()) return "bool";
  if (as_integer()) return "int";
  if (as_double()) return "float";
  if (as_text()) return is_safe_text() ? "Markup" : "str";
  if (const auto* sequence = as_sequence()) return sequence_type(sequence->kind);
  if (as_dict()) return "dict";
  if (as_iterator()) return "iterator";
  if (const auto* object = as_object()) return object->type_name();
  return "function";
}

void Dict::set(Budget& budget, const Value& key, Value value) {
  budget.spend(1);
  nesting_ = std::max({nesting_, key.nesting() + 1, value.nesting() + 1});
  budget.check_nesting(nesting_);
  const auto [found, is_new] = index_.try_emplace(hash_key(budget, key), items_.size());
  if (is_new) {
    items_.emplace_back(key, std::move(value));
  } else {
    items_[found->second].second = std::move(value);
  }
}

const Value* Dict::find(Budget& budget, const Value& key) const {
  const auto found = index_.find(hash_key(budget, key));
  return found == index_.end() ? nullptr : &items_[found->second].second;
}

const Value* Dict::find(std::string_view key) const {
  const auto found = index_.find("s" + std::string(key));
  return found == index_.end() ? nullptr : &items_[found->second].second;
}

std::string hash_key(Budget& budget, const Value& value) {
  budget.spend(1);
  if (const auto* text = value.as_text()) {
    budget.spend_text(text->size());
    return "s" + *text;
  }
  if (const auto integer = value.as_integer()) return fmt::format("n{}", *integer);
  if (const auto* number = value.as_double()) return number_key(*number);
  if (value.is_none()) return "0";
  if (value.is_undefined()) return "u";
  const auto* sequence = value.as_sequence();
  if (sequence && sequence->kind == Sequence::Kind::Tuple) return tuple_key(budget, *sequence);
  if (sequence && sequence->kind == Sequence::Kind::Range) return range_key(*sequence);
  if (sequence || value.as_dict()) {
    throw Fault{"a key that does not change, such as a text or a number",
                fmt::format("a {}", value.type_name())};
  }
  const void* address = value.as_object()     ? static_cast<const void*>(value.as_object())
                        : value.as_iterator() ? static_cast<const void*>(value.as_iterator())
                                              : static_cast<const void*>(value.as_callable());
  return fmt::format("o{}", fmt::ptr(address));
}

Namespace::Namespace(const std::shared_ptr<const Dict>& attributes) : attributes_(*attributes) {
  for (const auto& [key, value] : attributes_.items()) {
    if (key.as_text()) check_name(*key.as_text());
  }
}

void Namespace::check_name(std::string_view name) {
  if (name.starts_with('_')) {
    throw Fault{"no attribute of a namespace to begin with an underscore", python_quoted(name)};
  }
}

void Namespace::set(Budget& budget, const std::string& name, Value value) {
  check_name(name);
  attributes_.set(budget, Value(name), std::move(value));
}

std::optional<Value> Namespace::attribute(const std::string& name) {
  const Value* found = attributes_.find(name);
  return found ? std::optional(*found) : std::nullopt;
}

Value make_list(Budget& budget, std::vector<Value> items, Sequence::Kind kind) {
  budget.spend(items.size());
  const int nesting = nesting_of(items);
  budget.check_nesting(nesting);
  return std::shared_ptr<const Sequence>(std::make_shared<const Sequence>(
      Sequence{.kind = kind, .items = std::move(items), .nesting = nesting}));
}

Value make_tuple(Budget& budget, std::vector<Value> items) {
  return make_list(budget, std::move(items), Sequence::Kind::Tuple);
}

Value make_range(Budget& budget, int64_t start, int64_t stop, int64_t step) {
  constexpr int64_t kLongest = 100'000;  // jinja2's sandbox has the same
  if (step == 0) throw Fault{"a range's step other than 0", "0"};
  auto range = std::make_shared<Sequence>(
      Sequence{.kind = Sequence::Kind::Range, .start = start, .stop = stop, .step = step});
  using Wide = __int128;  // near the ends of 64 bits the next number does not fit
  for (Wide i = start; step > 0 ? i < stop : i > stop; i += step) {
    if (std::ssize(range->items) == kLongest)
      throw Fault{fmt::format("a range of at most {} numbers", kLongest), "more"};
    range->items.emplace_back(static_cast<int64_t>(i));
  }
  budget.spend(range->items.size());
  return std::shared_ptr<const Sequence>(std::move(range));
}

Value make_text(Budget& budget, std::string text, bool is_safe) {
  budget.spend_text(text.size());
  return Value(std::move(text), is_safe);
}

Value from_json(Budget& budget, const nlohmann::ordered_json& json) {
  const Budget::Level level(budget);
  budget.spend(1);
  switch (json.type()) {
    case nlohmann::ordered_json::value_t::null:
      return Value();
    case nlohmann::ordered_json::value_t::boolean:
      return Value(json.get<bool>());
    case nlohmann::ordered_json::value_t::number_integer:
      return Value(json.get<int64_t>());
    case nlohmann::ordered_json::value_t::number_unsigned: {
      const auto number = json.get<uint64_t>();
      if (number > INT64_MAX) throw Fault{"integers of 64 bits", fmt::format("{}", number)};
      return Value(static_cast<int64_t>(number));
    }
    case nlohmann::ordered_json::value_t::number_float:
      return Value(json.get<double>());
    case nlohmann::ordered_json::value_t::string:
      return make_text(budget, repaired_utf8(json.get_ref<const std::string&>()));
    case nlohmann::ordered_json::value_t::array:
      return from_json_array(budget, json);
    case nlohmann::ordered_json::value_t::object:
      return from_json_object(budget, json);
    default:
      throw Fault{"JSON values", json.type_name()};
  }
}

bool is_true(const Value& value) {
  if (value.is_undefined() || value.is_none()) return false;
  if (const auto number = value.as_number()) return *number != 0;
  if (const auto* text = value.as_text()) return !text->empty();
  if (const auto* sequence = value.as_sequence()) return !sequence->items.empty();
  if (const auto* dict = value.as_dict()) return !dict->items().empty();
  return true;
}

std::shared_ptr<Iterator> iterate(Budget& budget, const Value& value) {
  const int nesting = value.nesting() + 1;
  const auto make = [&](Iterator::Next next) {
    return std::make_shared<Iterator>(budget, nesting, std::move(next));
  };
  if (value.as_iterator()) {
    return make([value] { return value.as_iterator()->next(); });
  }
  if (value.is_undefined()) {
    return make([] { return std::optional<Value>(); });
  }
  // The lambdas hold the value, so what they point into stays.
  if (const auto* sequence = value.as_sequence()) {
    return make([value, sequence, &budget, i = size_t{0}]() mutable -> std::optional<Value> {
      budget.spend(1);
      return i < sequence->items.size() ? std::optional(sequence->items[i++]) : std::nullopt;
    });
  }
  if (const auto* dict = value.as_dict()) {
    return make([value, dict, &budget, i = size_t{0}]() mutable -> std::optional<Value> {
      budget.spend(1);
      return i < dict->items().size() ? std::optional(dict->items()[i++].first) : std::nullopt;
    });
  }
  if (const auto* text = value.as_text()) {
    return make([value, text, &budget, at = size_t{0}]() mutable -> std::optional<Value> {
      budget.spend(1);
      if (at >= text->size()) return std::nullopt;
      const std::string_view c = first_character(std::string_view(*text).substr(at));
      at += c.size();
      return Value(c);
    });
  }
  throw Fault{"something to iterate over", fmt::format("a {}", value.type_name())};
}

std::vector<Value> collect(Budget& budget, const Value& value) {
  std::vector<Value> items;
  const auto iterator = iterate(budget, value);
  while (auto item = iterator->next()) items.push_back(std::move(*item));
  return items;
}

}  // namespace plumbline::text::jinja
