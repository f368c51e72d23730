#include "plumbline/engine/answer_writer.h"

#include <gtest/gtest.h>

#include <algorithm>

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
  static std::string answer_text(const Assistant& assistant, const text::TokenIds& all) {
    return read_answer(assistant, answer_ends(assistant), all).text;
  }
  const TinyAssistant tiny_;
};

TEST_F(Answers, EndAtTheStylesText) {
  const Assistant assistant = with_style("llava_v0");
  EXPECT_EQ(answer_text(assistant, tokens(assistant, "a red cup. ### Human: more")).substr(0, 10),
            "a red cup.");
  EXPECT_EQ(answer_text(assistant, tokens(assistant, "a red cup. ### Human")).find('#'),
            std::string::npos);
  const auto watch = end_watcher(assistant, answer_ends(assistant));
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
  EXPECT_FALSE(end_watcher(assistant, answer_ends(assistant)));
}

TEST_F(Answers, LoseTheEndToken) {
  const Assistant assistant = with_style("brief");
  auto all = tokens(assistant, assistant.format.conversation.lead + "a red cup.");
  all.push_back(2);
  EXPECT_EQ(answer_text(assistant, all), "a red cup.");
  EXPECT_EQ(answer_text(assistant, {2}), "");
}

TEST_F(Answers, EndAtTextsOfTheirOwnAndAreCutBehindOthers) {
  const Assistant assistant = with_style("brief");
  const AnswerEnds ends{.texts = {"STOP"}, .cuts = {"?"}};
  const auto read = [&](const std::string& text, bool has_end) {
    auto all = tokens(assistant, text);
    if (has_end) all.push_back(2);
    return read_answer(assistant, ends, all);
  };
  EXPECT_EQ(read("a cupSTOP and", false).text, "a cup");
  EXPECT_TRUE(read("a cupSTOP and", false).is_finished);
  EXPECT_EQ(read("a cup? and", true).text, "a cup?");
  EXPECT_FALSE(read("a cup? and", true).is_finished) << "the end token comes too late";
  EXPECT_EQ(read("a STO", true).text, "a STO");
  EXPECT_TRUE(read("a STO", true).is_finished);
  EXPECT_FALSE(read("a STO", false).is_finished);
  EXPECT_EQ(read("a cup?STOP", false).text, "a cup?") << "what comes first";
  EXPECT_EQ(read("a cupSTOP?", false).text, "a cup");
  const auto watch = end_watcher(assistant, ends);
  bool goes_on = true;
  for (const int64_t token : tokens(assistant, "why?")) goes_on = watch(0, 0, token);
  EXPECT_FALSE(goes_on);
}

TEST_F(Answers, EndAtNamedTokens) {
  const Assistant assistant = with_style("brief");
  config::GenerationConfig c;
  c.stop = {"<image>", "###"};
  const auto ends = answer_ends(assistant, c);
  EXPECT_EQ(ends.tokens, text::TokenIds{assistant.tokenizer.id("<image>")});
  EXPECT_EQ(ends.texts, std::vector<std::string>{"###"});
  auto all = tokens(assistant, "a cup");
  all.push_back(ends.tokens.front());
  const auto answer = read_answer(assistant, ends, all);
  EXPECT_EQ(answer.text, "a cup");
  EXPECT_TRUE(answer.is_finished);
  const auto forbidden = sampling_options(c, assistant).forbidden;
  EXPECT_EQ(std::count(forbidden.begin(), forbidden.end(), ends.tokens.front()), 0);
}

}  // namespace
}  // namespace plumbline::engine
