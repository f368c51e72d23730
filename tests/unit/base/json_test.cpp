#include "plumbline/base/json.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

TEST(Json, DeepNestingIsRefusedWithItsFile) {
  const auto nested = [](size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(parse_json(nested(60), "x").dump(), nested(60));
  for (const size_t levels : {100, 1000000}) {
    EXPECT_THROW(parse_json(nested(levels), "x"), DataError);
    try {
      try_parse_json(nested(levels), "some.json");
      FAIL() << levels;
    } catch (const DataError& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("(some.json)"));
    }
  }
}

TEST(Json, MembersNobodyReadsAreLeftOut) {
  const std::string text = R"({"a": [{"b": [1, {"c": 2}], "d": 3}, {"b": 4}], "b": "x", "e": "b"})";
  EXPECT_EQ(parse_json_without("b", text, "x").dump(), R"({"a":[{"d":3},{}],"e":"b"})");
  EXPECT_EQ(parse_json_without("z", text, "x"), parse_json(text, "x"));
  EXPECT_THROW(parse_json_without("b", "{\"b\": ", "x"), nlohmann::json::parse_error);
}

TEST(Json, WhatIsNoJson) {
  EXPECT_THROW(parse_json("{", "x"), nlohmann::json::parse_error);
  EXPECT_TRUE(try_parse_json("{", "x").is_discarded());
}

}  // namespace
}  // namespace plumbline
