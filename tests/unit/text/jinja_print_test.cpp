#include "plumbline/text/jinja_print.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

class JinjaPrint : public testing::Test, protected Plenty {
 protected:
  Value sample() {
    return from_json(budget, nlohmann::ordered_json::parse(R"({"b": [1, "é'"], "a": {}})"));
  }
};

TEST_F(JinjaPrint, StrAndRepr) {
  EXPECT_EQ(str(budget, Value("a")), "a");
  EXPECT_EQ(repr(budget, Value("a")), "'a'");
  EXPECT_EQ(str(budget, Value()), "None");
  EXPECT_EQ(str(budget, Value::undefined("x")), "");
  EXPECT_EQ(str(budget, sample()), "{'b': [1, \"é'\"], 'a': {}}");
  EXPECT_EQ(str(budget, make_tuple(budget, {Value(1.0)})), "(1.0,)");
  EXPECT_EQ(str(budget, make_range(budget, 0, 6, 2)), "range(0, 6, 2)");
  EXPECT_EQ(repr(budget, Value("<", true)), "Markup('<')");
}

TEST_F(JinjaPrint, AddressesAreRefused) {
  EXPECT_THAT(fault_of([&] { str(budget, Value(iterate(budget, Value("a")))); }),
              HasSubstr("got a iterator, which prints as an address"));
}

TEST_F(JinjaPrint, Json) {
  EXPECT_EQ(json_text(budget, sample(), {}), R"({"b": [1, "é'"], "a": {}})");
  EXPECT_EQ(json_text(budget, sample(), {.indent = "  ", .item_separator = ",", .sort_keys = true}),
            "{\n  \"a\": {},\n  \"b\": [\n    1,\n    \"é'\"\n  ]\n}");
  EXPECT_THAT(fault_of([&] { json_text(budget, Value::undefined("'x', undefined"), {}); }),
              HasSubstr("got 'x', undefined"));
}

// Shared parts would print as a text that doubles with every level.
TEST_F(JinjaPrint, SharedPartsAreBounded) {
  Value value = Value("x");
  for (int i = 0; i < 60; ++i) value = make_list(budget, {value, value});
  EXPECT_THAT(fault_of([&] { str(budget, value); }), HasSubstr("at most"));
}

}  // namespace
}  // namespace plumbline::text::jinja
