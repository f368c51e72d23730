#include "plumbline/base/json.h"

#include <gmock/gmock.h>

#include <chrono>

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

TEST(Json, ValuesAreTheLibrarys) {
  for (const std::string text :
       {R"({"a": [1, -2, 3.5, 1e3, true, false, null, "x\u00e9\n"], "b": {}, "c": [], "a": 7})",
        R"([[], {}, [[{"a": {"b": [0]}}]], 18446744073709551615])", "7", "\"text\"", " null ",
        "\xEF\xBB\xBF[1]"}) {
    EXPECT_EQ(parse_json(text, "x"), nlohmann::json::parse(text)) << text;
    EXPECT_EQ(parse_json(text, "x").dump(), nlohmann::json::parse(text).dump());
    EXPECT_EQ(try_parse_json(text, "x"), nlohmann::json::parse(text));
  }
}

TEST(Json, LongListsTakeTimeInProportion) {
  std::string text = "[{\"a\": [1]}";
  for (int i = 1; i < 200000; ++i) text += ",{\"a\": [1]}";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(parse_json(text + "]", "x").size(), 200000U);
  // A second at most; when each end of an element looks at all elements again, minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Json, WhatIsNoJson) {
  EXPECT_THROW(parse_json("{", "x"), nlohmann::json::parse_error);
  EXPECT_THROW(parse_json("1e999", "x"), nlohmann::json::out_of_range);
  for (const char* text : {"{", "", "[1] 2", "[1,]", "{\"a\" 1}", "1e999", "\"\xff\""}) {
    EXPECT_TRUE(try_parse_json(text, "x").is_discarded()) << text;
    EXPECT_THROW(parse_json(text, "x"), nlohmann::json::exception) << text;
  }
}

}  // namespace
}  // namespace plumbline
