#include "plumbline/data/dialogue.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;

TEST(Dialogue, PutsTheImageBeforeTheFirstQuestionOnly) {
  const Conversation c = dialogue("7", "a.jpg", {{"what?", "a cup"}, {"where?", "here"}});
  EXPECT_EQ(c.id, "7");
  ASSERT_EQ(c.turns.size(), 4U);
  EXPECT_EQ(c.turns[0].text, "<image>\nwhat?");
  EXPECT_TRUE(c.turns[0].is_user);
  EXPECT_EQ(c.turns[1].text, "a cup");
  EXPECT_FALSE(c.turns[1].is_user);
  EXPECT_EQ(c.turns[2].text, "where?");
}

TEST(ImagePrompt, EndsWithTheQuestion) {
  const Prompt p = image_prompt("7", "a.jpg", "what?", CaptionType::No);
  ASSERT_EQ(p.turns.size(), 1U);
  EXPECT_EQ(p.turns[0].text, "<image>\nwhat?");
  EXPECT_EQ(p.caption_type, CaptionType::No);
}

std::vector<Prompt> numbered(int n) {
  std::vector<Prompt> prompts;
  for (int i = 0; i < n; ++i) {
    prompts.push_back(image_prompt(std::to_string(i), "a", "q", CaptionType::A));
  }
  return prompts;
}

std::vector<std::string> ids(const std::vector<Prompt>& prompts) {
  std::vector<std::string> result;
  for (const auto& prompt : prompts) result.push_back(prompt.id);
  return result;
}

TEST(DrawnRecords, KeepTheirOrderAndTwoEndsShareNone) {
  const RandomKey key = random_key(1, "x");
  EXPECT_EQ(ids(drawn_records(numbered(9), 0, key)).size(), 9U);
  EXPECT_EQ(ids(drawn_records(numbered(9), 20, key)).size(), 9U);
  const auto front = ids(drawn_records(numbered(9), 4, key));
  const auto back = ids(drawn_records(numbered(9), 5, key, true));
  EXPECT_EQ(front.size(), 4U);
  EXPECT_TRUE(std::is_sorted(front.begin(), front.end()));
  auto both = front;
  both.insert(both.end(), back.begin(), back.end());
  EXPECT_THAT(both, testing::UnorderedElementsAreArray(ids(numbered(9))));
}

TEST(CheckLimit, RefusesNegativeNumbers) {
  EXPECT_NO_THROW(check_limit("rounds", 0));
  EXPECT_THAT(support::error_text<ConfigError>([] { check_limit("rounds", -2); }),
              HasSubstr("a limit on rounds of at least 0 (none), got -2"));
}

}  // namespace
}  // namespace plumbline::data
