#include "plumbline/engine/chat_session.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/engine/local_generator.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

class Chat : public testing::Test {
 protected:
  std::string ask(const std::string& text, int64_t most_tokens = 1000) {
    shown_.clear();
    int64_t tokens = 0;
    return session_.ask(
        text, [&](std::string_view part) { shown_ += part; },
        [&] { return ++tokens < most_tokens; });
  }

  const TinyAssistant tiny_;
  Assistant assistant_ = tiny_.load();
  ChatSession session_{assistant_, {.temperature = 0, .max_tokens = 8}, random_key(1, "chat_test")};
  std::string shown_;
};

TEST_F(Chat, AnswersAsTheGeneratorDoesAndShowsTheSameText) {
  FeatureStore store(assistant_.preprocess, tiny_.images());
  LocalGenerator generator(assistant_, store, 1);
  session_.add_image(tiny_.images() + "/0.png");
  const std::string answer = ask("what is it?");
  EXPECT_EQ(answer, generator.answer({{"0.png", "what is it?"}}, 8)[0]);
  EXPECT_EQ(shown_, answer);
}

TEST_F(Chat, AnImageWithoutAPathChangesNothing) {
  EXPECT_THROW(session_.add_image(""), DataError);
  EXPECT_TRUE(session_.images().empty());
  ask("what is it?");
}

TEST_F(Chat, RemembersTurnsUntilReset) {
  ask("what is it?");
  ask("and now?");
  EXPECT_EQ(session_.record().turns.size(), 4u);
  session_.reset();
  EXPECT_TRUE(session_.record().turns.empty());
  const std::string first = ask("what is it?");
  session_.reset();
  EXPECT_EQ(ask("what is it?"), first);
}

TEST_F(Chat, StopsWhenAsked) {
  const std::string whole = ask("what is it?");
  session_.reset();
  const std::string cut = ask("what is it?", 2);
  EXPECT_LT(cut.size(), whole.size());
  EXPECT_TRUE(whole.starts_with(cut));
  EXPECT_EQ(session_.record().turns.back().text, cut);  // what was said so far was said
}

TEST_F(Chat, RecordsImagesWhereTheyWereShown) {
  ask("hello <image>");  // a placeholder's spelling in a question is data
  session_.add_image(tiny_.images() + "/0.png");
  ask("what is it?");
  const auto record = session_.record();
  EXPECT_EQ(record.turns[0].text, "hello <image>");
  EXPECT_EQ(record.turns[2].text, "<image>\nwhat is it?");
  EXPECT_EQ(session_.images().size(), 1u);
}

TEST_F(Chat, ABrokenImageOrAnOverlongQuestionLeavesTheConversationAsItWas) {
  EXPECT_THROW(session_.add_image("no/such.png"), DataError);
  std::string much;
  for (int i = 0; i < 5000; ++i) much += "what ";
  EXPECT_THROW(ask(much), DataError);
  EXPECT_TRUE(session_.record().turns.empty());
  EXPECT_TRUE(session_.images().empty());
}

}  // namespace
}  // namespace plumbline::engine
