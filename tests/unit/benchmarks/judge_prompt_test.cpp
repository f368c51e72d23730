#include "plumbline/benchmarks/judge_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

const std::vector<PromptSlot> kSlots = {{"question", "Is {answer} here?"},
                                        {"answer", "{} {question}"}};

TEST(JudgePrompt, NamesAreFilledInOnePass) {
  EXPECT_EQ(filled("Q {question} A {answer} again {answer}", kSlots, "p"),
            "Q Is {answer} here? A {} {question} again {} {question}");
}

TEST(JudgePrompt, EmptyBracesAreFilledInOrder) {
  EXPECT_EQ(filled("Q {} A {}", kSlots, "p"), "Q Is {answer} here? A {} {question}");
}

TEST(JudgePrompt, OtherBracesAreText) {
  EXPECT_EQ(filled("{\"a\": {b}} { } {answer}", {{"answer", "x"}, {"a", "y"}}, "p"),
            "{\"a\": {b}} { } x");
}

TEST(JudgePrompt, UnfitPromptsAreRefused) {
  EXPECT_THAT(eval::error_of([] { filled("only {}", kSlots, "my.txt"); }), HasSubstr("2 times {}"));
  EXPECT_THAT(eval::error_of([] { filled("{} {} {}", kSlots, "my.txt"); }), HasSubstr("got 3"));
  EXPECT_THAT(eval::error_of([] { filled("{} {answer}", kSlots, "my.txt"); }), HasSubstr("both"));
  EXPECT_THAT(eval::error_of([] { filled("{question}", kSlots, "my.txt"); }),
              HasSubstr("no {answer}"));
  EXPECT_THAT(eval::error_of([] { filled("", kSlots, "my.txt"); }), HasSubstr("my.txt"));
}

TEST(JudgePrompt, FilesAreReadWithoutMarkAndCarriageReturns) {
  eval::EvalFiles files;
  EXPECT_EQ(prompt_of(files.write("p", "\xEF\xBB\xBFone\r\ntwo\n"), "ours"), "one\ntwo\n");
  EXPECT_EQ(prompt_of("", "ours"), "ours");
}

TEST(JudgePrompt, ShippedPromptsShowEverything) {
  const auto shows = [](const std::string& prompt, const std::vector<std::string>& names) {
    std::vector<PromptSlot> slots;
    for (const auto& name : names) slots.push_back({name, "<" + name + ">"});
    const auto text = filled(prompt, slots, kShippedPrompt);
    for (const auto& name : names) EXPECT_THAT(text, HasSubstr("<" + name + ">"));
    EXPECT_EQ(text.find('{'), std::string::npos) << text;
  };
  shows(rating_prompt(), {"facts", "question", "reference", "answer"});
  shows(review_prompt(), {"context", "question", "role", "reference", "answer", "rule"});
  shows(correctness_prompt(), {"question", "reference", "answer"});
  for (int rating = 0; rating <= 6; ++rating) {
    EXPECT_THAT(rating_prompt(), HasSubstr("Rating: " + std::to_string(rating)));
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
