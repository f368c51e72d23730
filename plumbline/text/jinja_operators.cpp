#include "plumbline/text/jinja_operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Sequence::Kind;

[[noreturn]] void fail_operands(std::string_view op, const Value& left, const Value& right) {
  throw Fault{fmt::format("operands that '{}' takes", op),
              fmt::format("a {} and a {}", left.type_name(), right.type_name())};
}

[[noreturn]] void fail_overflow() { throw Fault{"integers of 64 bits", "a larger result"}; }

int64_t power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) fail_overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) fail_overflow();
  }
  return result;
}

// Rounds towards minus infinity, as Python does.
int64_t floor_divided(int64_t a, int64_t b) {
  if (b == -1) {
    int64_t result = 0;
    if (__builtin_sub_overflow(int64_t{0}, a, &result)) fail_overflow();
    return result;
  }
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t floor_remainder(int64_t a, int64_t b) {
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// Takes the sign of `b`.
double floor_remainder(double a, double b) {
  const double rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}

double floor_divided(double a, double b) {
  const double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (rest < 0) != (b < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

Value of_numbers(std::string_view op, double a, double b) {
  const bool divides = op == "/" || op == "//" || op == "%";
  if (divides && b == 0) throw Fault{"a divisor other than zero", "0"};
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "//") return floor_divided(a, b);
  if (op == "%") return floor_remainder(a, b);
  if (a == 0 && b < 0) throw Fault{"no zero to a negative power", "one"};
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b))
    throw Fault{"real numbers", "a negative number to a fractional power"};
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b))
    throw Fault{"a number that a double holds", "a larger power"};
  return result;
}

Value of_integers(std::string_view op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  if (op == "+") {
    overflows = __builtin_add_overflow(a, b, &result);
  } else if (op == "-") {
    overflows = __builtin_sub_overflow(a, b, &result);
  } else if (op == "*") {
    overflows = __builtin_mul_overflow(a, b, &result);
  } else if (op == "/" || b == 0 || (op == "**" && b < 0)) {
    if (op == "**" && b == 0) return int64_t{1};
    return of_numbers(op, static_cast<double>(a), static_cast<double>(b));
  } else if (op == "//") {
    result = floor_divided(a, b);
  } else if (op == "%") {
    result = floor_remainder(a, b);
  } else if (a == 0 || a == 1 || a == -1) {  // whatever the exponent's size
    result = a == -1 && b % 2 == 0 ? 1 : a;
  } else {
    result = b < 64 ? power(a, b) : (fail_overflow(), 0);
  }
  if (overflows) fail_overflow();
  return result;
}

// Text + text, where text marked safe escapes the other.
Value joined_text(Budget& budget, const Value& left, const Value& right) {
  const bool is_safe = left.is_safe_text() || right.is_safe_text();
  const auto part = [&](const Value& v) {
    return is_safe && !v.is_safe_text() ? html_escaped(*v.as_text()) : *v.as_text();
  };
  budget.spend_text(left.as_text()->size() + right.as_text()->size());
  return make_text(budget, part(left) + part(right), is_safe);
}

bool is_list(const Sequence* sequence) {
  return sequence && (sequence->kind == Kind::List || sequence->kind == Kind::Tuple);
}

Value joined_lists(Budget& budget, const Sequence& left, const Sequence& right) {
  budget.spend(left.items.size() + right.items.size());
  std::vector<Value> items = left.items;
  items.insert(items.end(), right.items.begin(), right.items.end());
  return make_list(budget, std::move(items), left.kind);
}

Value repeated(Budget& budget, const Value& value, int64_t times) {
  times = std::max<int64_t>(times, 0);
  constexpr int64_t kMost = 1 << 28;
  if (const auto* text = value.as_text()) {
    if (!text->empty() && times > kMost) budget.spend_text(kMost * 4);
    budget.spend_text(text->size() * static_cast<size_t>(text->empty() ? 0 : times));
    std::string out;
    for (int64_t i = 0; i < times && !text->empty(); ++i) out += *text;
    return Value(std::move(out), value.is_safe_text());
  }
  const Sequence& list = *value.as_sequence();
  if (list.items.empty()) return value;
  budget.spend(list.items.size() * static_cast<size_t>(std::min(times, kMost)));
  std::vector<Value> items;
  for (int64_t i = 0; i < times; ++i)
    items.insert(items.end(), list.items.begin(), list.items.end());
  return make_list(budget, std::move(items), list.kind);
}

Value multiplied(Budget& budget, const Value& left, const Value& right) {
  const auto repeats = [](const Value& v) { return v.as_text() || is_list(v.as_sequence()); };
  if (repeats(left) && right.as_integer()) return repeated(budget, left, *right.as_integer());
  if (repeats(right) && left.as_integer()) return repeated(budget, right, *left.as_integer());
  fail_operands("*", left, right);
}

bool equal_items(Budget& budget, const Sequence& a, const Sequence& b) {
  if (a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!equal(budget, a.items[i], b.items[i])) return false;
  }
  return true;
}

bool all_in(Budget& budget, const Sequence& items, const Sequence& container) {
  return std::all_of(items.items.begin(), items.items.end(), [&](const Value& item) {
    return std::any_of(container.items.begin(), container.items.end(),
                       [&](const Value& other) { return equal(budget, item, other); });
  });
}

bool equal_sequences(Budget& budget, const Sequence& a, const Sequence& b) {
  if (&a == &b) return true;
  const auto is_set = [](const Sequence& s) {
    return s.kind == Kind::Keys || s.kind == Kind::Items;
  };
  if (is_set(a) && is_set(b)) return a.items.size() == b.items.size() && all_in(budget, a, b);
  return a.kind == b.kind && a.kind != Kind::Values && equal_items(budget, a, b);
}

bool equal_dicts(Budget& budget, const Dict& a, const Dict& b) {
  if (&a == &b) return true;
  if (a.items().size() != b.items().size()) return false;
  for (const auto& [key, value] : a.items()) {
    const Value* other = b.find(budget, key);
    if (!other || !equal(budget, value, *other)) return false;
  }
  return true;
}

// Exact for integers beside doubles: a long double holds both.
long double exact(const Value& value) {
  const auto integer = value.as_integer();
  return integer ? static_cast<long double>(*integer)
                 : static_cast<long double>(*value.as_double());
}

// Where the first difference decides; `on_tie` when one list is the beginning of the other.
bool less_lists(Budget& budget, const Sequence& a, const Sequence& b) {
  const size_t common = std::min(a.items.size(), b.items.size());
  for (size_t i = 0; i < common; ++i) {
    if (!equal(budget, a.items[i], b.items[i])) return less(budget, a.items[i], b.items[i]);
  }
  return a.items.size() < b.items.size();
}

// One of < <= > >=. Of numbers each is asked by itself: with NaN all are false.
bool ordered(Budget& budget, std::string_view op, const Value& left, const Value& right) {
  require_defined(left);
  require_defined(right);
  if (left.as_number() && right.as_number()) {
    const long double a = exact(left), b = exact(right);
    return op == "<" ? a < b : op == "<=" ? a <= b : op == ">" ? a > b : a >= b;
  }
  const auto* a = left.as_sequence();
  const auto* b = right.as_sequence();
  const bool are_lists = is_list(a) && is_list(b) && a->kind == b->kind;
  if (!are_lists && !(left.as_text() && right.as_text())) fail_operands(op, left, right);
  const auto is_less = [&](const Value& x, const Value& y) {
    if (x.as_text()) return *x.as_text() < *y.as_text();  // UTF-8 sorts as its code points do
    return less_lists(budget, *x.as_sequence(), *y.as_sequence());
  };
  if (op == "<") return is_less(left, right);
  if (op == ">") return is_less(right, left);
  const bool is_equal = equal(budget, left, right);
  return is_equal || (op == "<=" ? is_less(left, right) : is_less(right, left));
}

}  // namespace

void require_defined(const Value& value) {
  if (value.is_undefined()) throw Fault{"a value", value.reason()};
}

Value arithmetic(Budget& budget, std::string_view op, const Value& left, const Value& right) {
  if (op == "%" && left.as_text())
    throw Fault{"no formatting with '%', which is not supported", python_quoted(*left.as_text())};
  require_defined(left);
  require_defined(right);
  if (left.as_integer() && right.as_integer())
    return of_integers(op, *left.as_integer(), *right.as_integer());
  if (left.as_number() && right.as_number())
    return of_numbers(op, *left.as_number(), *right.as_number());
  if (op == "+" && left.as_text() && right.as_text()) return joined_text(budget, left, right);
  const auto* a = left.as_sequence();
  const auto* b = right.as_sequence();
  if (op == "+" && is_list(a) && is_list(b) && a->kind == b->kind)
    return joined_lists(budget, *a, *b);
  if (op == "*") return multiplied(budget, left, right);
  fail_operands(op, left, right);
}

Value negative(const Value& value) {
  require_defined(value);
  if (const auto integer = value.as_integer()) return of_integers("-", 0, *integer);
  if (const auto* number = value.as_double()) return -*number;
  throw Fault{"a number behind '-'", fmt::format("a {}", value.type_name())};
}

Value positive(const Value& value) {
  require_defined(value);
  if (const auto integer = value.as_integer()) return *integer;
  if (value.as_double()) return value;
  throw Fault{"a number behind '+'", fmt::format("a {}", value.type_name())};
}

bool equal(Budget& budget, const Value& left, const Value& right) {
  budget.spend(1);
  if (left.as_number() && right.as_number()) return exact(left) == exact(right);
  if (left.as_text() && right.as_text()) return *left.as_text() == *right.as_text();
  if (left.as_sequence() && right.as_sequence())
    return equal_sequences(budget, *left.as_sequence(), *right.as_sequence());
  if (left.as_dict() && right.as_dict())
    return equal_dicts(budget, *left.as_dict(), *right.as_dict());
  if (left.is_none() || right.is_none()) return left.is_none() && right.is_none();
  if (left.is_undefined() || right.is_undefined())
    return left.is_undefined() && right.is_undefined();
  if (left.as_object() || left.as_iterator() || left.as_callable()) {
    return left.as_object() == right.as_object() && left.as_iterator() == right.as_iterator() &&
           left.as_callable() == right.as_callable();
  }
  return false;
}

bool less(Budget& budget, const Value& left, const Value& right) {
  budget.spend(1);
  return ordered(budget, "<", left, right);
}

bool contains(Budget& budget, const Value& container, const Value& item) {
  if (const auto* text = container.as_text()) {
    require_defined(item);
    if (!item.as_text()) fail_operands("in", item, container);
    budget.spend(1 + text->size() / 16);
    return find_part(*text, *item.as_text()) != std::string::npos;
  }
  if (const auto* dict = container.as_dict()) return dict->find(budget, item) != nullptr;
  const auto iterator = iterate(budget, container);
  while (const auto other = iterator->next()) {
    if (equal(budget, *other, item)) return true;
  }
  return false;
}

bool compare(Budget& budget, std::string_view op, const Value& left, const Value& right) {
  if (op == "==") return equal(budget, left, right);
  if (op == "!=") return !equal(budget, left, right);
  if (op == "in") return contains(budget, right, left);
  if (op == "not in") return !contains(budget, right, left);
  return ordered(budget, op, left, right);
}

int64_t size_of(Budget& budget, const Value& value) {
  if (value.is_undefined()) return 0;
  if (const auto* sequence = value.as_sequence()) return std::ssize(sequence->items);
  if (const auto* dict = value.as_dict()) return std::ssize(dict->items());
  if (const auto* text = value.as_text()) {
    budget.spend(1 + text->size() / 16);
    return length(*text);
  }
  throw Fault{"something with a length", fmt::format("a {}", value.type_name())};
}

}  // namespace plumbline::text::jinja
