#include "plumbline/text/jinja_operators.h"

#include <gmock/gmock.h>

#include "plumbline/text/jinja_print.h"
#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

class JinjaOperators : public testing::Test, protected Plenty {
 protected:
  std::string of(const char* op, const Value& a, const Value& b) {
    return str(budget, arithmetic(budget, op, a, b));
  }
  static Value i(int64_t value) { return value; }
};

TEST_F(JinjaOperators, DivisionRoundsDown) {
  EXPECT_EQ(of("//", i(-7), i(2)), "-4");
  EXPECT_EQ(of("%", i(-7), i(3)), "2");
  EXPECT_EQ(of("%", i(7), i(-3)), "-2");
  EXPECT_EQ(of("/", i(6), i(3)), "2.0");
  EXPECT_EQ(of("//", 7.5, i(2)), "3.0");
  EXPECT_EQ(of("**", i(2), i(-1)), "0.5");
  EXPECT_THAT(fault_of([&] { of("/", i(1), i(0)); }), HasSubstr("other than zero"));
}

TEST_F(JinjaOperators, IntegersDoNotWrap) {
  for (const char* op : {"+", "*"}) {
    EXPECT_THAT(fault_of([&] { of(op, i(INT64_MAX), i(2)); }), HasSubstr("integers of 64 bits"));
  }
  EXPECT_THAT(fault_of([&] { of("//", i(INT64_MIN), i(-1)); }), HasSubstr("64 bits"));
  EXPECT_EQ(of("%", i(INT64_MIN), i(-1)), "0");
  EXPECT_THAT(fault_of([&] { of("**", i(10), i(19)); }), HasSubstr("64 bits"));
  EXPECT_EQ(of("**", i(-1), i(INT64_MAX)), "-1");
  EXPECT_THAT(fault_of([&] { negative(i(INT64_MIN)); }), HasSubstr("64 bits"));
}

TEST_F(JinjaOperators, TextsAndLists) {
  EXPECT_EQ(of("+", "a", "b"), "ab");
  EXPECT_EQ(of("*", "ab", i(2)), "abab");
  EXPECT_EQ(of("+", Value("<", true), "<"), "<&lt;");
  EXPECT_EQ(of("*", make_list(budget, {i(1)}), i(2)), "[1, 1]");
  EXPECT_EQ(fault_of([&] { of("+", "a", i(1)); }), "operands that '+' takes, got a str and a int");
  EXPECT_THAT(fault_of([&] { of("%", "a%s", i(1)); }), HasSubstr("not supported"));
  EXPECT_THAT(fault_of([&] { of("*", "ab", i(INT64_MAX)); }), HasSubstr("bytes of text"));
}

TEST_F(JinjaOperators, Comparisons) {
  EXPECT_TRUE(equal(budget, i(1), 1.0));
  EXPECT_FALSE(equal(budget, i(INT64_MAX), static_cast<double>(INT64_MAX)));
  EXPECT_TRUE(less(budget, "Z", "a"));
  EXPECT_TRUE(less(budget, make_tuple(budget, {i(1)}), make_tuple(budget, {i(1), i(0)})));
  EXPECT_FALSE(compare(budget, "<=", 0.0 / 0.0, 1.0));
  EXPECT_TRUE(contains(budget, "cat", "a"));
  EXPECT_THAT(fault_of([&] { less(budget, "a", i(1)); }), HasSubstr("operands"));
}

TEST_F(JinjaOperators, UndefinedIsNamed) {
  const Value undefined = Value::undefined("'x', which is undefined");
  EXPECT_EQ(fault_of([&] { of("+", undefined, i(1)); }), "a value, got 'x', which is undefined");
  EXPECT_THAT(fault_of([&] { get_attribute(budget, undefined, "y"); }), HasSubstr("'x'"));
  EXPECT_EQ(size_of(budget, undefined), 0);
}

TEST_F(JinjaOperators, ItemsAndSlices) {
  const Value text = "aé🌍";
  EXPECT_EQ(str(budget, get_item(budget, text, i(-1))), "🌍");
  EXPECT_TRUE(get_item(budget, text, i(3)).is_undefined());
  EXPECT_EQ(str(budget, slice(budget, text, {}, {}, i(-1))), "🌍éa");
  EXPECT_EQ(str(budget, slice(budget, text, i(1), i(INT64_MAX), {})), "é🌍");
  EXPECT_EQ(str(budget, slice(budget, text, i(INT64_MIN), {}, i(INT64_MAX))), "a");
  EXPECT_EQ(str(budget, slice(budget, make_range(budget, 0, 5, 1), {}, {}, i(-1))),
            "range(4, -1, -1)");
  EXPECT_THAT(fault_of([&] { slice(budget, text, {}, {}, i(0)); }), HasSubstr("other than 0"));
}

}  // namespace
}  // namespace plumbline::text::jinja
