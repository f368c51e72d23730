#include "plumbline/text/jinja_tests.h"

#include <fmt/format.h>

#include "plumbline/text/jinja_filters.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using Values = std::vector<Value>;
using Kind = Sequence::Kind;

bool remainder_is(Budget& budget, const Value& value, int64_t divisor, int64_t expected) {
  return equal(budget, arithmetic(budget, "%", value, Value(divisor)), Value(expected));
}

bool is_integer(const Value& value) { return value.as_integer() && !value.as_bool(); }

bool is_sequence(const Value& value) {
  const auto* sequence = value.as_sequence();
  const bool is_view =
      sequence && (sequence->kind == Kind::Keys || sequence->kind == Kind::Values ||
                   sequence->kind == Kind::Items);
  return (sequence && !is_view) || value.as_dict() || value.as_text() || value.is_undefined();
}

bool is_iterable(const Value& value) {
  return value.as_sequence() || value.as_dict() || value.as_text() || value.as_iterator() ||
         value.is_undefined();
}

const std::string* name_in(const Value& value) { return value.as_text(); }

template <bool (*test)(std::string_view)>
bool of_text(Budget& budget, const Value& value, const Values&) {
  return test(str(budget, value));
}

// Compares with an operator: `x is gt 3`.
template <const char* op>
bool compared(Budget& budget, const Value& value, const Values& arguments) {
  return compare(budget, op, value, arguments[0]);
}
constexpr char kEqual[] = "==", kUnequal[] = "!=", kLess[] = "<",
               kAtMost[] = "<=", kGreater[] = ">", kAtLeast[] = ">=";

#define TEST_OF(expression) \
  [](Budget&, const Value& v, const Values&) -> bool { return expression; }

constexpr Test kTests[] = {
    {"defined", 0, TEST_OF(!v.is_undefined())},
    {"undefined", 0, TEST_OF(v.is_undefined())},
    {"none", 0, TEST_OF(v.is_none())},
    {"boolean", 0, TEST_OF(v.as_bool() != nullptr)},
    {"true", 0, TEST_OF(v.as_bool() && *v.as_bool())},
    {"false", 0, TEST_OF(v.as_bool() && !*v.as_bool())},
    {"integer", 0, TEST_OF(is_integer(v))},
    {"float", 0, TEST_OF(v.as_double() != nullptr)},
    {"number", 0, TEST_OF(v.as_number().has_value())},
    {"string", 0, TEST_OF(v.as_text() != nullptr)},
    {"mapping", 0, TEST_OF(v.as_dict() != nullptr)},
    {"sequence", 0, TEST_OF(is_sequence(v))},
    {"iterable", 0, TEST_OF(is_iterable(v))},
    {"callable", 0, TEST_OF(v.as_callable() || v.is_undefined())},
    {"filter", 0, TEST_OF(name_in(v) && find_filter(*name_in(v)))},
    {"test", 0, TEST_OF(name_in(v) && find_test(*name_in(v)))},
    {"lower", 0, of_text<is_lower>},
    {"upper", 0, of_text<is_upper>},
    {"odd", 0, [](Budget& b, const Value& v, const Values&) { return remainder_is(b, v, 2, 1); }},
    {"even", 0, [](Budget& b, const Value& v, const Values&) { return remainder_is(b, v, 2, 0); }},
    {"divisibleby", 1,
     [](Budget& b, const Value& v, const Values& a) {
       return equal(b, arithmetic(b, "%", v, a[0]), Value(int64_t{0}));
     }},
    {"in", 1, [](Budget& b, const Value& v, const Values& a) { return contains(b, a[0], v); }},
    {"==", 1, compared<kEqual>},
    {"eq", 1, compared<kEqual>},
    {"equalto", 1, compared<kEqual>},
    {"!=", 1, compared<kUnequal>},
    {"ne", 1, compared<kUnequal>},
    {">", 1, compared<kGreater>},
    {"gt", 1, compared<kGreater>},
    {"greaterthan", 1, compared<kGreater>},
    {">=", 1, compared<kAtLeast>},
    {"ge", 1, compared<kAtLeast>},
    {"<", 1, compared<kLess>},
    {"lt", 1, compared<kLess>},
    {"lessthan", 1, compared<kLess>},
    {"<=", 1, compared<kAtMost>},
    {"le", 1, compared<kAtMost>},
};

#undef TEST_OF

}  // namespace

const Test* find_test(std::string_view name) {
  for (const Test& test : kTests) {
    if (test.name == name) return &test;
  }
  return nullptr;
}

bool apply_test(Budget& budget, std::string_view name, const Value& value,
                const Arguments& arguments) {
  const Test* test = find_test(name);
  if (!test) throw Fault{"a test that is supported", fmt::format("'{}'", name)};
  if (!arguments.named.empty())
    throw Fault{fmt::format("unnamed arguments for the test '{}'", name),
                fmt::format("'{}'", arguments.named.front().first)};
  if (arguments.positional.size() != test->num_arguments)
    throw Fault{fmt::format("{} arguments for the test '{}'", test->num_arguments, name),
                fmt::format("{}", arguments.positional.size())};
  budget.spend(1);
  return test->holds(budget, value, arguments.positional);
}

}  // namespace plumbline::text::jinja
