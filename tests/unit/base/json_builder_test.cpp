#include "plumbline/base/json_builder.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

using nlohmann::json;

TEST(JsonBuilder, MakesOneValueAfterTheOther) {
  JsonBuilder builder;
  builder.open(json::object());
  builder.key("a");
  builder.open(json::array());
  EXPECT_FALSE(builder.scalar(1));
  EXPECT_FALSE(builder.scalar("x"));
  EXPECT_EQ(builder.depth(), 2U);
  EXPECT_FALSE(builder.close());
  EXPECT_TRUE(builder.close());
  EXPECT_EQ(builder.take(), json({{"a", {1, "x"}}}));
  EXPECT_TRUE(builder.scalar(true));
  EXPECT_EQ(builder.take(), json(true));
}

TEST(JsonBuilder, LeavesOutMembersWithAllThatIsInThem) {
  JsonBuilder builder;
  builder.open(json::object());
  builder.key("large", true);
  builder.open(json::object());
  builder.key("a");
  builder.open(json::array());
  EXPECT_EQ(builder.depth(), 3U);
  EXPECT_FALSE(builder.scalar(1));
  EXPECT_FALSE(builder.close());
  EXPECT_FALSE(builder.close());
  builder.key("number", true);
  EXPECT_FALSE(builder.scalar(2));
  builder.key("kept");
  EXPECT_FALSE(builder.scalar(3));
  EXPECT_TRUE(builder.close());
  EXPECT_EQ(builder.take(), json({{"kept", 3}}));
}

}  // namespace
}  // namespace plumbline
