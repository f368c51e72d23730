#include "plumbline/engine/answer_writer.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

class Answers : public testing::Test {
 protected:
  Assistant with_style(const std::string& name) {
    return load_assistant(tiny_.path().string(), name, at::kFloat, at::kCPU);
  }
  static text::TokenIds tokens(const Assistant& assistant, const std::string& text) {
    return assistant.tokenizer.encode(text);
  }
  const TinyAssistant tiny_;
};

TEST_F(Answers, EndAtTheStylesText) {
  const Assistant assistant = with_style("llava_v0");
  EXPECT_EQ(answer_text(assistant, tokens(assistant, "a red cup. ### Human: more")).substr(0, 10),
            "a red cup.");
  EXPECT_EQ(answer_text(assistant, tokens(assistant, "a red cup. ### Human")).find('#'),
            std::string::npos);
  const auto watch = end_watcher(assistant);
  ASSERT_TRUE(watch);
  bool goes_on = true;
  // The first sample ends at its text; the second has its own.
  for (const int64_t token : tokens(assistant, "two ###")) goes_on = watch(0, 0, token);
  EXPECT_FALSE(goes_on);
  for (const int64_t token : tokens(assistant, "two")) EXPECT_TRUE(watch(0, 1, token));
}

TEST_F(Answers, LoseTheTemplatesLeadAlone) {
  const Assistant assistant = with_style("brief");
  const std::string lead = assistant.format.conversation.lead;
  EXPECT_EQ(answer_text(assistant, tokens(assistant, lead + "a cup")), "a cup");
  EXPECT_EQ(answer_text(assistant, tokens(assistant, lead + " a cup")), " a cup");
  EXPECT_FALSE(end_watcher(assistant));
}

TEST_F(Answers, LoseTheEndToken) {
  const Assistant assistant = with_style("brief");
  auto all = tokens(assistant, assistant.format.conversation.lead + "a red cup.");
  all.push_back(2);
  EXPECT_EQ(answer_text(assistant, all), "a red cup.");
  EXPECT_EQ(answer_text(assistant, {2}), "");
}

}  // namespace
}  // namespace plumbline::engine
