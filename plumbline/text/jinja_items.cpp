// Items, attributes and slices of values.
#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_methods.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Sequence::Kind;

bool is_indexed(const Sequence& sequence) {
  return sequence.kind == Kind::List || sequence.kind == Kind::Tuple ||
         sequence.kind == Kind::Range;
}

Value undefined_item(Budget& budget, const Value& value, const Value& index) {
  const auto* name = index.as_text();
  if (!name) return Value::undefined(fmt::format("a {} without that item", value.type_name()));
  budget.spend_text(name->size());
  return Value::undefined(fmt::format("a {} without {}", value.type_name(), python_quoted(*name)));
}

// value[index] in Python, nothing where it raises.
std::optional<Value> plain_item(Budget& budget, const Value& value, const Value& index) {
  if (const auto* dict = value.as_dict()) {
    const auto* list = index.as_sequence();
    if (index.as_dict() || (list && list->kind == Kind::List)) return std::nullopt;
    const Value* found = dict->find(budget, index);
    return found ? std::optional(*found) : std::nullopt;
  }
  const auto wanted = index.as_integer();
  if (!wanted) return std::nullopt;
  if (const auto* sequence = value.as_sequence(); sequence && is_indexed(*sequence)) {
    const int64_t size = std::ssize(sequence->items);
    const int64_t at = *wanted < 0 ? *wanted + size : *wanted;
    if (at < 0 || at >= size) return std::nullopt;
    return sequence->items[static_cast<size_t>(at)];
  }
  if (const auto* text = value.as_text()) {
    budget.spend(1 + text->size() / 16);
    const int64_t at = *wanted < 0 ? *wanted + length(*text) : *wanted;
    if (at < 0) return std::nullopt;
    const size_t offset = byte_offset(*text, at);
    if (offset >= text->size()) return std::nullopt;
    return Value(std::string(first_character(std::string_view(*text).substr(offset))),
                 value.is_safe_text());
  }
  return std::nullopt;
}

// The positions that a slice of `size` items takes, as a range.
struct Span {
  int64_t start, stop, step;
};

Span span_of(const Value& start, const Value& stop, const Value& step, int64_t size) {
  const auto bound = [](const Value& v) {
    if (!v.is_none() && !v.as_integer())
      throw Fault{"integers as the bounds of a slice", fmt::format("a {}", v.type_name())};
    return v.as_integer();
  };
  Span span{};
  span.step = bound(step).value_or(1);
  if (span.step == 0) throw Fault{"a slice's step other than 0", "0"};
  const bool is_back = span.step < 0;
  const int64_t lowest = is_back ? -1 : 0, highest = is_back ? size - 1 : size;
  const auto clipped = [&](int64_t at) {
    if (at < 0) at += size;
    return std::clamp(at, lowest, std::max(highest, lowest));
  };
  const auto first = bound(start), last = bound(stop);
  span.start = first ? clipped(*first) : (is_back ? highest : lowest);
  span.stop = last ? clipped(*last) : (is_back ? lowest : highest);
  return span;
}

template <typename Visit>
void for_each(const Span& span, Visit visit) {
  // A step beyond the items takes one of them; adding it could overflow.
  const auto past = [&](int64_t at) { return span.step > 0 ? at >= span.stop : at <= span.stop; };
  for (int64_t at = span.start; !past(at);) {
    visit(static_cast<size_t>(at));
    if (__builtin_add_overflow(at, span.step, &at)) break;
  }
}

Value slice_of_text(Budget& budget, const Value& value, const Span& span) {
  const std::string_view text = *value.as_text();
  if (span.step == 1) {
    const size_t begin = byte_offset(text, span.start);
    const size_t bytes =
        byte_offset(text.substr(begin), std::max<int64_t>(span.stop - span.start, 0));
    return make_text(budget, std::string(text.substr(begin, bytes)), value.is_safe_text());
  }
  budget.spend(text.size());
  std::vector<std::string_view> characters;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(characters.back().size()))
    characters.push_back(first_character(rest));
  std::string out;
  for_each(span, [&](size_t at) { out += characters[at]; });
  return make_text(budget, std::move(out), value.is_safe_text());
}

Value slice_of_sequence(Budget& budget, const Sequence& sequence, const Span& span) {
  if (sequence.kind == Kind::Range) {
    const auto number = [&](int64_t at) { return sequence.start + at * sequence.step; };
    int64_t step = 0;
    if (__builtin_mul_overflow(sequence.step, span.step, &step))
      throw Fault{"a range's step of 64 bits", "a larger one"};
    return make_range(budget, number(span.start), number(span.stop), step);
  }
  std::vector<Value> items;
  for_each(span, [&](size_t at) { items.push_back(sequence.items[at]); });
  return make_list(budget, std::move(items), sequence.kind);
}

}  // namespace

Value get_item(Budget& budget, const Value& value, const Value& index) {
  require_defined(value);
  if (auto item = plain_item(budget, value, index)) return *std::move(item);
  if (const auto* name = index.as_text()) {
    if (auto attribute = attribute_of(budget, value, *name)) return *std::move(attribute);
  }
  return undefined_item(budget, value, index);
}

Value get_attribute(Budget& budget, const Value& value, const std::string& name) {
  require_defined(value);
  if (auto attribute = attribute_of(budget, value, name)) return *std::move(attribute);
  if (const auto* dict = value.as_dict()) {
    if (const Value* found = dict->find(name)) return *found;
  }
  return undefined_item(budget, value, Value(name));
}

Value slice(Budget& budget, const Value& value, const Value& start, const Value& stop,
            const Value& step) {
  require_defined(value);
  const auto* sequence = value.as_sequence();
  if (!value.as_text() && !(sequence && is_indexed(*sequence)))
    throw Fault{"a text or list to take a slice of", fmt::format("a {}", value.type_name())};
  const Span span = span_of(start, stop, step, size_of(budget, value));
  return value.as_text() ? slice_of_text(budget, value, span)
                         : slice_of_sequence(budget, *sequence, span);
}

}  // namespace plumbline::text::jinja
