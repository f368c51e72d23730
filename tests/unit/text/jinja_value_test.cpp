#include "plumbline/text/jinja_value.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

class JinjaValue : public testing::Test, protected Plenty {};

TEST_F(JinjaValue, TypesAreTold) {
  EXPECT_EQ(Value().type_name(), "NoneType");
  EXPECT_EQ(Value(true).type_name(), "bool");
  EXPECT_EQ(Value(int64_t{1}).type_name(), "int");
  EXPECT_EQ(Value(1.0).type_name(), "float");
  EXPECT_EQ(Value("a").type_name(), "str");
  EXPECT_EQ(make_tuple(budget, {}).type_name(), "tuple");
  EXPECT_EQ(Value(true).as_integer(), 1);
  EXPECT_EQ(Value("a").as_number(), std::nullopt);
}

TEST_F(JinjaValue, DictKeepsOrderAndKnowsEqualKeys) {
  Dict dict;
  dict.set(budget, Value("b"), Value("x"));
  dict.set(budget, Value(int64_t{1}), Value("y"));
  dict.set(budget, Value(1.0), Value("z"));  // the same key
  ASSERT_EQ(dict.items().size(), 2u);
  EXPECT_EQ(*dict.find(budget, Value(true))->as_text(), "z");
  EXPECT_EQ(*dict.find("b")->as_text(), "x");
  EXPECT_EQ(dict.find("1"), nullptr);
  EXPECT_THAT(fault_of([&] { dict.set(budget, make_list(budget, {}), Value()); }),
              HasSubstr("got a list"));
}

TEST_F(JinjaValue, Truth) {
  EXPECT_FALSE(is_true(Value()));
  EXPECT_FALSE(is_true(Value("")));
  EXPECT_FALSE(is_true(Value(0.0)));
  EXPECT_FALSE(is_true(make_list(budget, {})));
  EXPECT_FALSE(is_true(Value::undefined("x")));
  EXPECT_TRUE(is_true(Value(" ")));
}

TEST_F(JinjaValue, IteratorsAreReadOnce) {
  const Value items = iterate(budget, Value("aé"));
  EXPECT_EQ(collect(budget, items).size(), 2u);
  EXPECT_EQ(collect(budget, items).size(), 0u);
  EXPECT_EQ(fault_of([&] { iterate(budget, Value(1.0)); }),
            "something to iterate over, got a float");
}

TEST_F(JinjaValue, RangesAreBounded) {
  EXPECT_EQ(make_range(budget, 5, 0, -2).as_sequence()->items.size(), 3u);
  EXPECT_THAT(fault_of([&] { make_range(budget, 0, 100'001, 1); }), HasSubstr("at most 100000"));
  EXPECT_EQ(make_range(budget, INT64_MAX - 1, INT64_MAX, 5).as_sequence()->items.size(), 1u);
}

TEST_F(JinjaValue, NestingIsLimited) {
  Value value;
  const auto nest = [&] {
    for (int i = 0; i < 300; ++i) value = make_list(budget, {value});
  };
  EXPECT_THAT(fault_of(nest), HasSubstr("at most 200 levels of nested values"));
}

TEST_F(JinjaValue, JsonBecomesValues) {
  const auto json = nlohmann::ordered_json::parse(R"({"b": [1, 2.5, null, true], "a": "x"})");
  const Value value = from_json(budget, json);
  EXPECT_EQ(*value.as_dict()->items()[0].first.as_text(), "b");
  EXPECT_EQ(value.as_dict()->find("b")->as_sequence()->items.size(), 4u);
  auto deep = nlohmann::ordered_json::array();
  for (int i = 0; i < 300; ++i) deep = nlohmann::ordered_json::array({deep});
  EXPECT_THAT(fault_of([&] { from_json(budget, deep); }), HasSubstr("nested values"));
}

TEST_F(JinjaValue, NamespacesRefuseUnderscores) {
  Namespace space(std::make_shared<const Dict>());
  space.set(budget, "x", Value("1"));
  EXPECT_EQ(*space.attribute("x")->as_text(), "1");
  EXPECT_FALSE(space.attribute("y").has_value());
  EXPECT_THAT(fault_of([&] { space.set(budget, "_x", Value()); }), HasSubstr("'_x'"));
}

}  // namespace
}  // namespace plumbline::text::jinja
