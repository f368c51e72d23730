// Filters that take or give lists. Those that Python writes as generators give iterators: they work
// item by item, can be read once, and print as nothing a template could use.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "plumbline/text/jinja_arguments.h"
#include "plumbline/text/jinja_filters.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"
#include "plumbline/text/jinja_tests.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Sequence::Kind;
using Convert = std::function<Value(const Value&)>;

Value iterator(Budget& budget, int nesting, Iterator::Next next) {
  return std::make_shared<Iterator>(budget, nesting + 1, std::move(next));
}

// Nothing is done, not even checked, before the first item is asked for: as in a generator.
Value lazy(Budget& budget, const Value& value, std::function<Value()> make) {
  return iterator(budget, value.nesting() + 1,
                  [&budget, make = std::move(make),
                   items = std::shared_ptr<Iterator>()]() mutable -> std::optional<Value> {
                    const Budget::Level level(budget);
                    if (!items) items = iterate(budget, make());
                    return items->next();
                  });
}

int deepest(const Value& value, const Arguments& arguments) {
  int nesting = value.nesting();
  for (const Value& argument : arguments.positional)
    nesting = std::max(nesting, argument.nesting());
  for (const auto& [name, argument] : arguments.named)
    nesting = std::max(nesting, argument.nesting());
  return nesting;
}

// Follows "a.b.0" from a value: each part an item or attribute.
Value follow(Budget& budget, Value item, const Value& path, const Value& missing) {
  const auto step = [&](const Value& part) {
    item = get_item(budget, item, part);
    if (item.is_undefined() && !missing.is_none()) item = missing;
  };
  if (path.is_none()) return item;
  if (!path.as_text()) {
    step(path);
    return item;
  }
  for (const std::string_view part : split(*path.as_text(), ".", -1)) {
    const bool is_number =
        !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    step(is_number ? Value(parse_integer(part, 10).value_or(0)) : Value(part));
  }
  return item;
}

Value without_case(Budget& budget, const Value& value) {
  return value.as_text() ? make_text(budget, lower(*value.as_text())) : value;
}

Value key_of(Budget& budget, const Value& item, const Value& path, bool case_sensitive) {
  const Value key = follow(budget, item, path, Value());
  return case_sensitive ? key : without_case(budget, key);
}

Value first(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("first", arguments, {});
  auto item = iterate(budget, value)->next();
  return item ? *item : Value::undefined("the first item of an empty list");
}

bool is_reversible(const Value& value) {
  return value.as_sequence() || value.as_dict() || value.as_text() || value.is_undefined();
}

Value last(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("last", arguments, {});
  if (!is_reversible(value)) throw Fault{"a list for last", fmt::format("a {}", value.type_name())};
  if (const auto* text = value.as_text(); text && !text->empty())
    return get_item(budget, Value(*text), Value(int64_t{-1}));
  const auto items = collect(budget, value);
  return items.empty() ? Value::undefined("the last item of an empty list") : items.back();
}

Value list(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("list", arguments, {});
  return make_list(budget, collect(budget, value));
}

Value reverse(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("reverse", arguments, {});
  if (const auto* text = value.as_text())
    return make_text(budget, reversed(*text), value.is_safe_text());
  auto items = collect(budget, value);
  std::reverse(items.begin(), items.end());
  Value backwards = make_list(budget, std::move(items));
  if (!is_reversible(value)) return backwards;
  return iterator(budget, backwards.nesting(),
                  [source = iterate(budget, backwards)] { return source->next(); });
}

Value join(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("join", arguments, {"d", "attribute"});
  const std::string separator = bound.get(0) ? str(budget, *bound.get(0)) : "";
  std::string out;
  bool is_next = false;
  const auto items = iterate(budget, value);
  while (const auto item = items->next()) {
    const size_t before = out.size();
    if (is_next) out += separator;
    out += str(budget, follow(budget, *item, bound.or_none(1), Value()));
    budget.spend_more_text(out.size(), out.size() - before);
    is_next = true;
  }
  return Value(std::move(out));
}

Value items(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("items", arguments, {});
  return lazy(budget, value, [&budget, value] {
    std::vector<Value> pairs;
    if (!value.is_undefined() && !value.as_dict())
      throw Fault{"a dict for items", fmt::format("a {}", value.type_name())};
    if (value.as_dict()) {
      for (const auto& [key, item] : value.as_dict()->items())
        pairs.push_back(make_tuple(budget, {key, item}));
    }
    return make_list(budget, std::move(pairs));
  });
}

// Sorts by keys that are made once. Stable, in both directions.
Value sorted(Budget& budget, std::vector<Value> items, const Convert& key, bool is_reversed) {
  std::vector<std::pair<Value, Value>> keyed;
  for (Value& item : items) {
    Value item_key = key(item);
    keyed.emplace_back(std::move(item_key), std::move(item));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return is_reversed ? less(budget, b.first, a.first) : less(budget, a.first, b.first);
  });
  for (size_t i = 0; i < items.size(); ++i) items[i] = std::move(keyed[i].second);
  return make_list(budget, std::move(items));
}

Value sort(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  std::vector<Value> paths = {bound.or_none(2)};
  if (const auto* text = paths[0].as_text()) {
    const std::string path = *text;
    paths.clear();
    for (const std::string_view part : split(path, ",", -1)) paths.emplace_back(part);
  }
  const auto key = [&](const Value& item) {
    std::vector<Value> keys;
    for (const Value& path : paths)
      keys.push_back(key_of(budget, item, path, bound.flag(1, false)));
    return make_list(budget, std::move(keys));
  };
  return sorted(budget, collect(budget, value), key, bound.flag(0, false));
}

Value dictsort(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  const std::string by = bound.get(1) ? bound.text(1) : "key";
  if (by != "key" && by != "value")
    throw Fault{"key or value for dictsort's by", python_quoted(by)};
  require_defined(value);
  if (!value.as_dict()) throw Fault{"a dict for dictsort", fmt::format("a {}", value.type_name())};
  std::vector<Value> pairs;
  for (const auto& [key, item] : value.as_dict()->items())
    pairs.push_back(make_tuple(budget, {key, item}));
  const auto key = [&](const Value& pair) {
    const Value& part = pair.as_sequence()->items[by == "key" ? 0 : 1];
    return bound.flag(0, false) ? part : without_case(budget, part);
  };
  return sorted(budget, std::move(pairs), key, bound.flag(2, false));
}

Value unique(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("unique", arguments, {"case_sensitive", "attribute"});
  return lazy(budget, value,
              [&budget, value, is_exact = bound.flag(0, false), path = bound.or_none(1)] {
                std::unordered_set<std::string> seen;
                std::vector<Value> kept;
                for (Value& item : collect(budget, value)) {
                  if (seen.insert(hash_key(budget, key_of(budget, item, path, is_exact))).second)
                    kept.push_back(std::move(item));
                }
                return make_list(budget, std::move(kept));
              });
}

// The least or greatest of the items; of equal ones the first.
template <bool is_greatest>
Value extreme(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound(is_greatest ? "max" : "min", arguments, {"case_sensitive", "attribute"});
  std::optional<Value> best, best_key;
  for (const Value& item : collect(budget, value)) {
    const Value key = key_of(budget, item, bound.or_none(1), bound.flag(0, false));
    if (best && !(is_greatest ? less(budget, *best_key, key) : less(budget, key, *best_key)))
      continue;
    best = item;
    best_key = key;
  }
  return best ? *best : Value::undefined("the least or greatest item of an empty list");
}

Value sum(Budget& budget, const Value& value, const Arguments& arguments) {
  const Bound bound("sum", arguments, {"attribute", "start"});
  Value total = bound.get(1) ? *bound.get(1) : Value(int64_t{0});
  if (total.as_text()) throw Fault{"numbers to sum, or lists", "a text"};
  for (const Value& item : collect(budget, value))
    total = arithmetic(budget, "+", total, follow(budget, item, bound.or_none(0), Value()));
  return total;
}

// What `map` does to an item: reads an attribute, or applies a filter.
Convert mapping(Budget& budget, const Arguments& arguments) {
  if (arguments.positional.empty()) {
    const Bound bound("map", arguments, {"attribute", "default"}, 1);
    return [&budget, path = *bound.get(0), missing = bound.or_none(1)](const Value& item) {
      return follow(budget, item, path, missing);
    };
  }
  const Value& name = arguments.positional.front();
  if (!name.as_text())
    throw Fault{"the name of a filter for map", fmt::format("a {}", name.type_name())};
  Arguments others = arguments;
  others.positional.erase(others.positional.begin());
  return [&budget, filter = *name.as_text(), others](const Value& item) {
    return apply_filter(budget, filter, item, others);
  };
}

Value map(Budget& budget, const Value& value, const Arguments& arguments) {
  return iterator(budget, deepest(value, arguments),
                  [&budget, value, arguments, source = std::shared_ptr<Iterator>(),
                   convert = Convert()]() mutable -> std::optional<Value> {
                    const Budget::Level level(budget);
                    if (!is_true(value)) return std::nullopt;
                    if (!source) {
                      convert = mapping(budget, arguments);
                      source = iterate(budget, value);
                    }
                    const auto item = source->next();
                    return item ? std::optional(convert(*item)) : std::nullopt;
                  });
}

// Whether `select` and its like keep an item.
std::function<bool(const Value&)> selection(Budget& budget, Arguments arguments,
                                            bool of_attribute) {
  auto& given = arguments.positional;
  Value path;
  if (of_attribute) {
    if (given.empty()) throw Fault{"the name of an attribute to select by", "nothing"};
    path = given.front();
    given.erase(given.begin());
  }
  const auto read = [&budget, path](const Value& item) {
    return follow(budget, item, path, Value());
  };
  if (given.empty()) return [read](const Value& item) { return is_true(read(item)); };
  const Value name = given.front();
  given.erase(given.begin());
  if (!name.as_text())
    throw Fault{"the name of a test to select by", fmt::format("a {}", name.type_name())};
  return [&budget, read, test = *name.as_text(), arguments](const Value& item) {
    return apply_test(budget, test, read(item), arguments);
  };
}

template <bool of_attribute, bool wanted>
Value select(Budget& budget, const Value& value, const Arguments& arguments) {
  return iterator(budget, deepest(value, arguments),
                  [&budget, value, arguments, source = std::shared_ptr<Iterator>(),
                   keeps = std::function<bool(const Value&)>()]() mutable -> std::optional<Value> {
                    const Budget::Level level(budget);
                    if (!is_true(value)) return std::nullopt;
                    if (!source) {
                      keeps = selection(budget, arguments, of_attribute);
                      source = iterate(budget, value);
                    }
                    while (auto item = source->next()) {
                      if (keeps(*item) == wanted) return item;
                    }
                    return std::nullopt;
                  });
}

constexpr Filter kSequenceFilters[] = {
    {"dictsort", dictsort},
    {"first", first},
    {"items", items},
    {"join", join},
    {"last", last},
    {"list", list},
    {"map", map},
    {"max", extreme<true>},
    {"min", extreme<false>},
    {"reject", select<false, false>},
    {"rejectattr", select<true, false>},
    {"reverse", reverse},
    {"select", select<false, true>},
    {"selectattr", select<true, true>},
    {"sort", sort},
    {"sum", sum},
    {"unique", unique},
};

}  // namespace

const Filter* find_sequence_filter(std::string_view name) {
  for (const Filter& filter : kSequenceFilters) {
    if (filter.name == name) return &filter;
  }
  return nullptr;
}

}  // namespace plumbline::text::jinja
