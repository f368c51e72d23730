#include "plumbline/engine/local_judge.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/engine/local_generator.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

class LocalJudgeTest : public testing::Test {
 protected:
  static api::JudgeRequest request(const std::string& id, const std::string& text) {
    return {.id = id, .messages = {{.role = "user", .content = text}}, .max_tokens = 6};
  }

  const TinyAssistant tiny_;
  Assistant assistant_ = tiny_.load();
  LocalJudge judge_{assistant_, "tiny", 2, random_key(1, "judge")};
};

TEST_F(LocalJudgeTest, RepliesAreThoseOfTheModelWhateverStandsBesideThem) {
  FeatureStore none(assistant_.preprocess, "");
  LocalGenerator generator(assistant_, none, 1);
  auto longer = request("3", "and now?");
  longer.max_tokens = 9;
  const auto replies =
      judge_.reply({request("1", "what is it?"), longer, request("2", "is it red?")});
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[0], generator.answer({{"", "what is it?"}}, 6)[0]);
  EXPECT_EQ(replies[1], generator.answer({{"", "and now?"}}, 9)[0]);
  EXPECT_EQ(replies[2], generator.answer({{"", "is it red?"}}, 6)[0]);
  EXPECT_TRUE(judge_.reply({}).empty());
}

TEST_F(LocalJudgeTest, ASystemMessageStandsBeforeTheText) {
  auto with_system = request("1", "what is it?");
  with_system.messages.insert(with_system.messages.begin(),
                              {.role = "system", .content = "be brief."});
  EXPECT_EQ(judge_.reply({with_system})[0],
            judge_.reply({request("1", "be brief.\n\nwhat is it?")})[0]);
  with_system.messages[0].role = "tool";
  EXPECT_THROW(judge_.reply({with_system}), DataError);
}

}  // namespace
}  // namespace plumbline::engine
