#include "plumbline/data/llava_json.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

Conversation parse(const char* text) { return llava_conversation(json::parse(text)); }

TEST(LlavaJson, ImagesAreOneOrAListOrNone) {
  EXPECT_THAT(parse(R"({"image": "a", "conversations": []})").images, ElementsAre("a"));
  EXPECT_THAT(parse(R"({"image": ["a", "b"], "conversations": []})").images, ElementsAre("a", "b"));
  for (const char* none : {R"({"conversations": []})", R"({"image": "", "conversations": []})",
                           R"({"image": null, "conversations": []})"}) {
    EXPECT_TRUE(parse(none).images.empty()) << none;
  }
  EXPECT_THROW(parse(R"({"image": 3, "conversations": []})"), std::invalid_argument);
}

TEST(LlavaJson, IdsAreTextOrNumbers) {
  EXPECT_EQ(record_id({{"id", "a"}}), "a");
  EXPECT_EQ(record_id({{"id", 7}}), "7");
  EXPECT_EQ(record_id({{"id", nullptr}}), "");
  EXPECT_EQ(record_id(json::object()), "");
}

TEST(LlavaJson, TurnsHaveSidesAndWeights) {
  const auto turns = llava_turns(json::parse(
      R"({"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b", "weight": 0}]})"));
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_TRUE(turns[0].is_user);
  EXPECT_EQ(turns[0].text, "a");
  EXPECT_FALSE(turns[1].is_user);
  EXPECT_FALSE(turns[1].is_trained);
  EXPECT_THAT(support::error_text<std::invalid_argument>([] {
                llava_turns(json::parse(R"({"conversations": [{"from": "x", "value": "a"}]})"));
              }),
              HasSubstr("human or gpt, got 'x'"));
  EXPECT_THROW(llava_turns(json::object()), std::invalid_argument);
  EXPECT_THROW(llava_turns(json::parse(R"({"conversations": [{"from": "gpt", "value": 3}]})")),
               std::invalid_argument);
  EXPECT_THROW(llava_turns(json::parse(
                   R"({"conversations": [{"from": "gpt", "value": "a", "weight": "0"}]})")),
               std::invalid_argument);
}

}  // namespace
}  // namespace plumbline::data
