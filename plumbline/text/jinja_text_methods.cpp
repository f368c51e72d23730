#include "plumbline/text/jinja_text_methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_arguments.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using View = std::string_view;

// Python's str methods beyond the table at the end, with a blank on either side.
constexpr View kOthers =
    " casefold center encode expandtabs format format_map isalpha isascii isdecimal isidentifier "
    "isnumeric isprintable istitle ljust maketrans partition rjust rpartition swapcase translate "
    "zfill "
    // and Markup's
    "escape striptags unescape ";

// Text marked safe escapes what it meets in these; nobody needs that in a prompt.
void refuse_safe(const Value& self, View name) {
  if (self.is_safe_text()) throw Fault{fmt::format("'{}' of plain text", name), "text marked safe"};
}

Value same_kind(Budget& budget, const Value& self, std::string text) {
  return make_text(budget, std::move(text), self.is_safe_text());
}

template <std::string (*convert)(View)>
Value converted(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("a method without arguments", arguments, {});
  budget.spend_text(self.as_text()->size());
  return same_kind(budget, self, convert(*self.as_text()));
}

template <Side side>
Value strip(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("strip", arguments, {""});
  const bool has_chars = bound.get(0) && !bound.get(0)->is_none();
  const auto chars = has_chars ? std::optional<View>(bound.text(0)) : std::nullopt;
  budget.spend(self.as_text()->size() * (has_chars ? 1 + chars->size() : 1) / 16);
  return same_kind(budget, self, std::string(stripped(*self.as_text(), chars, side)));
}

Value list_of(Budget& budget, const std::vector<View>& parts) {
  budget.spend(parts.size() * 2);
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const View part : parts) items.emplace_back(part);
  return make_list(budget, std::move(items));
}

template <bool is_from_end>
Value split_text(Budget& budget, const Value& self, const Arguments& arguments) {
  refuse_safe(self, "split");
  const Bound bound("split", arguments, {"sep", "maxsplit"});
  const View text = *self.as_text();
  const int64_t limit = bound.integer(1, -1);
  budget.spend(text.size());
  if (!bound.get(0) || bound.get(0)->is_none())
    return list_of(budget,
                   is_from_end ? split_spaces_from_end(text, limit) : split_spaces(text, limit));
  const View separator = bound.text(0);
  if (is_from_end) budget.spend(text.size() * separator.size() / 16);  // what rfind may take
  if (separator.empty()) throw Fault{"a separator to split at", "an empty text"};
  return list_of(
      budget, is_from_end ? split_from_end(text, separator, limit) : split(text, separator, limit));
}

Value lines(Budget& budget, const Value& self, const Arguments& arguments) {
  refuse_safe(self, "splitlines");
  const Bound bound("splitlines", arguments, {"keepends"});
  budget.spend(self.as_text()->size());
  return list_of(budget, split_lines(*self.as_text(), bound.integer(0, 0) != 0));
}

// The part of a text that the optional arguments 1 and 2 cut out, and where it begins.
struct Part {
  View text;
  int64_t start;
  bool is_inside;  // Python finds nothing, not even an empty text, behind the end
};

Part part_of(View text, const Bound& bound) {
  const int64_t size = length(text);
  const auto at = [&](size_t i, int64_t fallback) {
    if (!bound.get(i) || bound.get(i)->is_none()) return fallback;
    const int64_t given = bound.integer(i, fallback);
    return given < 0 ? std::max<int64_t>(given + size, 0) : given;
  };
  const int64_t start = at(1, 0), stop = std::min(at(2, size), size);
  if (start > stop) return {{}, start, false};
  const size_t begin = byte_offset(text, start);
  return {text.substr(begin, byte_offset(text.substr(begin), stop - start)), start, true};
}

template <bool is_end>
Value has_affix(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound(is_end ? "endswith" : "startswith", arguments, {"", "", ""}, 1);
  budget.spend_text(self.as_text()->size());
  const Part part = part_of(*self.as_text(), bound);
  const auto fits = [&](View affix) {
    return part.is_inside && (is_end ? part.text.ends_with(affix) : part.text.starts_with(affix));
  };
  const auto* choices = bound.get(0)->as_sequence();
  if (!choices || choices->kind != Sequence::Kind::Tuple) return fits(bound.text(0));
  for (const Value& choice : choices->items) {
    if (!choice.as_text()) throw Fault{"texts to begin or end with", choice.type_name()};
    if (fits(*choice.as_text())) return true;
  }
  return false;
}

template <bool is_last>
int64_t position(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound(is_last ? "rfind" : "find", arguments, {"", "", ""}, 1);
  budget.spend_text(self.as_text()->size());
  const Part part = part_of(*self.as_text(), bound);
  const View wanted = bound.text(0);
  if (!part.is_inside) return -1;
  if (is_last) budget.spend(part.text.size() * wanted.size() / 16);  // what rfind may take
  const size_t found = is_last ? part.text.rfind(wanted) : find_part(part.text, wanted);
  return found == View::npos ? -1 : part.start + length(part.text.substr(0, found));
}

template <bool is_last>
Value find(Budget& budget, const Value& self, const Arguments& arguments) {
  return position<is_last>(budget, self, arguments);
}

template <bool is_last>
Value index(Budget& budget, const Value& self, const Arguments& arguments) {
  const int64_t at = position<is_last>(budget, self, arguments);
  if (at < 0) throw Fault{"a part of the text for index", "another text"};
  return at;
}

Value count_parts(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("count", arguments, {"", "", ""}, 1);
  budget.spend_text(self.as_text()->size());
  const Part part = part_of(*self.as_text(), bound);
  const View wanted = bound.text(0);
  return part.is_inside ? count(part.text, wanted) : int64_t{0};
}

Value replace(Budget& budget, const Value& self, const Arguments& arguments) {
  refuse_safe(self, "replace");
  const Bound bound("replace", arguments, {"", "", ""}, 2);
  const std::string& text = *self.as_text();
  const std::string& from = bound.text(0);
  const int64_t limit = bound.integer(2, -1);
  const int64_t found = count(text, from);
  const auto times = static_cast<size_t>(limit < 0 ? found : std::min(limit, found));
  budget.spend_text(text.size() + times * bound.text(1).size());
  return Value(replaced(text, from, bound.text(1), limit));
}

Value join(Budget& budget, const Value& self, const Arguments& arguments) {
  refuse_safe(self, "join");
  const Bound bound("join", arguments, {""}, 1);
  std::string out;
  bool is_next = false;
  const auto iterator = iterate(budget, *bound.get(0));
  while (const auto item = iterator->next()) {
    if (!item->as_text()) throw Fault{"texts to join", fmt::format("a {}", item->type_name())};
    const size_t before = out.size();
    if (is_next) out += *self.as_text();
    out += *item->as_text();
    budget.spend_more_text(out.size(), out.size() - before);
    is_next = true;
  }
  return Value(std::move(out));
}

template <bool is_end>
Value without_affix(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound(is_end ? "removesuffix" : "removeprefix", arguments, {""}, 1);
  View text = *self.as_text();
  const View affix = bound.text(0);
  if (is_end && text.ends_with(affix)) text.remove_suffix(affix.size());
  if (!is_end && text.starts_with(affix)) text.remove_prefix(affix.size());
  return same_kind(budget, self, std::string(text));
}

template <bool (*test)(View)>
Value tested(Budget& budget, const Value& self, const Arguments& arguments) {
  const Bound bound("a method without arguments", arguments, {});
  budget.spend_text(self.as_text()->size());
  return test(*self.as_text());
}

bool all_codes(View text, bool (*test)(char32_t)) {
  if (text.empty()) return false;
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    if (!test(first_code_point(text).code)) return false;
  }
  return true;
}

bool is_blank(View text) { return all_codes(text, is_space); }

// Digits and letters beyond ASCII need tables of their own, so they are refused, not guessed.
bool ascii_digit(char32_t code) {
  if (code >= 0x80) throw Fault{"ASCII characters for isdigit and isalnum", "others"};
  return code >= '0' && code <= '9';
}
bool ascii_alnum(char32_t code) {
  return ascii_digit(code) || ((code | 0x20) >= 'a' && (code | 0x20) <= 'z');
}
bool is_digits(View text) { return all_codes(text, ascii_digit); }
bool is_alnum(View text) { return all_codes(text, ascii_alnum); }

constexpr TextMethod kMethods[] = {
    {"capitalize", converted<capitalized>},
    {"count", count_parts},
    {"endswith", has_affix<true>},
    {"find", find<false>},
    {"index", index<false>},
    {"isalnum", tested<is_alnum>},
    {"isdigit", tested<is_digits>},
    {"islower", tested<is_lower>},
    {"isspace", tested<is_blank>},
    {"isupper", tested<is_upper>},
    {"join", join},
    {"lower", converted<lower>},
    {"lstrip", strip<Side::Left>},
    {"removeprefix", without_affix<false>},
    {"removesuffix", without_affix<true>},
    {"replace", replace},
    {"rfind", find<true>},
    {"rindex", index<true>},
    {"rsplit", split_text<true>},
    {"rstrip", strip<Side::Right>},
    {"split", split_text<false>},
    {"splitlines", lines},
    {"startswith", has_affix<false>},
    {"strip", strip<Side::Both>},
    {"title", converted<title>},
    {"upper", converted<upper>},
};

}  // namespace

const TextMethod* text_method(std::string_view name) {
  for (const TextMethod& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

bool is_other_text_method(std::string_view name) {
  return kOthers.find(fmt::format(" {} ", name)) != View::npos;
}

}  // namespace plumbline::text::jinja
