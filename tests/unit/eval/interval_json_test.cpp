#include "plumbline/eval/interval_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace plumbline::eval {
namespace {

using nlohmann::json;

TEST(IntervalJson, ReadsBackWhatWasWritten) {
  const auto text = interval_to_json({1.5, std::nan(""), 2}).dump();
  EXPECT_EQ(json::parse(text), json::parse(R"({"value": 1.5, "low": null, "high": 2.0})"));
  const auto read = interval_from_json(json::parse(text));
  EXPECT_EQ(read.value, 1.5);
  EXPECT_TRUE(std::isnan(read.low));
  EXPECT_EQ(read.high, 2);
}

TEST(IntervalJson, RefusesOtherThings) {
  EXPECT_THROW(number_or_nan("1"), json::exception);
  EXPECT_THROW(interval_from_json(json::parse(R"({"value": 1})")), json::exception);
}

}  // namespace
}  // namespace plumbline::eval
