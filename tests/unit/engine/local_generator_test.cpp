#include "plumbline/engine/local_generator.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

TEST(LocalGenerator, AnswersInOrderWithAndWithoutImages) {
  const TinyAssistant tiny;
  auto assistant = tiny.load();
  FeatureStore store(assistant.preprocess, tiny.images());
  LocalGenerator generator(assistant, store, 8);
  const std::vector<api::Question> questions = {
      {"0.png", "what is it?"}, {"", "what is it?"}, {"1.png", "what is it?"}};
  const auto answers = generator.answer(questions, 6);
  ASSERT_EQ(answers.size(), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(generator.answer({questions[i]}, 6)[0], answers[i]);
  EXPECT_TRUE(generator.answer({}, 6).empty());
}

}  // namespace
}  // namespace plumbline::engine
