#include "plumbline/data/score_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;

std::vector<ScoreRecord> read(const std::string& lines) {
  return read_score_records(support::TemporaryFile(lines).path());
}

std::string error_of(const std::string& line) {
  try {
    read(line);
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(ScoreRecords, TheKindOfQuestionTellsTheFacts) {
  const auto records =
      read(R"({"prompt": "which?", "answers": ["A. cup", "B. ox"], "caption_type": 3})"
           "\n"
           R"({"prompt": "what?", "answer": "a cup"})");
  EXPECT_EQ(records[0].fact_kind, FactKind::Aokvqa);
  EXPECT_EQ(records[1].fact_kind, FactKind::Captions);
  EXPECT_EQ(records[0].all_answers().size(), 2U);
  EXPECT_EQ(records[0].question().size(), 1U);
  EXPECT_EQ(records[1].all_answers(), std::vector<std::string>{"a cup"});
  EXPECT_EQ(records[1].question().back().text, "what?");
  EXPECT_THAT(error_of(R"({"prompt": "a", "answer": "b", "caption_type": 9})"), HasSubstr("1..7"));
}

TEST(ScoreRecords, ThreeForms) {
  const auto records = read(
      R"({"id": "a", "prompt": "what?", "answer": "a cup", "images": ["x.png"]})"
      "\n"
      R"({"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "a?"}]},)"
      R"( {"role": "assistant", "content": "b"}], "images": ["y.png"]})"
      "\n"
      R"({"id": 7, "input_ids": [1, 2, 3]})");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].id, "a");
  EXPECT_EQ(records[0].turns[0].images_before, 1);
  EXPECT_EQ(records[0].turns[1].text, "a cup");
  EXPECT_EQ(records[1].id, 2);
  EXPECT_EQ(records[1].turns[0].text, "a?");
  EXPECT_EQ(records[1].images, std::vector<std::string>{"y.png"});
  EXPECT_EQ(records[2].ids->size(), 3u);
  EXPECT_TRUE(records[2].turns.empty());
}

TEST(ScoreRecords, SeveralAnswersToChooseFrom) {
  const auto records = read(
      R"({"id": "a", "prompt": "what?", "answers": ["a cup", "two"], "images": ["x.png"], "facts": ["it is red"]})"
      "\n"
      R"({"id": "b", "image": "y.png", "conversations": [{"from": "human", "value": "<image>\nwhat?"}], "answers": ["a"]})");
  EXPECT_EQ(records[0].answers.size(), 2u);
  EXPECT_EQ(records[0].facts, std::vector<std::string>{"it is red"});
  ASSERT_EQ(records[0].turns.size(), 1u);
  EXPECT_EQ(records[0].turns[0].images_before, 1);
  EXPECT_EQ(records[1].images, std::vector<std::string>{"y.png"});
  EXPECT_EQ(records[1].turns[0].text, "<image>\nwhat?");
  EXPECT_THAT(error_of(R"({"prompt": "what?", "answers": []})"),
              HasSubstr("at least one of answers"));
  EXPECT_THAT(error_of(R"({"messages": [], "answers": ["a"]})"), HasSubstr("user's message"));
}

TEST(ScoreRecords, APlaceholderInATextIsData) {
  const auto records = read(R"({"prompt": "<image> what?", "answer": "b"})");
  EXPECT_EQ(records[0].turns[0].images_before, 0);
}

TEST(ScoreRecords, ImagesMayStandWithinAText) {
  const auto records = read(
      R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "is "}, {"type": "image"},)"
      R"( {"type": "text", "text": "red?"}]}, {"role": "assistant", "content": "b"}], "images": ["y.png"]})");
  EXPECT_EQ(records[0].turns[0].text, "is <image>red?");
  EXPECT_EQ(records[0].turns[0].images_before, -1);
}

TEST(ScoreRecords, SayWhatIsWrong) {
  EXPECT_THAT(error_of("[1]"), HasSubstr("an object"));
  EXPECT_THAT(error_of("{}"), HasSubstr("one of messages, prompt and input_ids"));
  EXPECT_THAT(error_of(R"({"prompt": "a", "input_ids": [1, 2]})"), HasSubstr("one of"));
  EXPECT_THAT(error_of(R"({"prompt": "a"})"), HasSubstr("answer to be text"));
  EXPECT_THAT(error_of(R"({"input_ids": [1]})"), HasSubstr("at least two"));
  EXPECT_THAT(error_of(R"({"input_ids": [1, "2"]})"), HasSubstr("integers"));
  EXPECT_THAT(error_of(R"({"messages": [{"role": "user", "content": "a"}]})"),
              HasSubstr("assistant's message at the end"));
  EXPECT_THAT(error_of(R"({"messages": [{"role": "tool", "content": "a"}]})"),
              HasSubstr("not tool"));
  EXPECT_THAT(
      error_of(
          R"({"messages": [{"role": "user", "content": [{"type": "image"}]}, {"role": "assistant", "content": "b"}]})"),
      HasSubstr("as many images as image parts (1), not 0"));
  EXPECT_THAT(error_of("{}\n{}"), HasSubstr("2 problems"));
}

}  // namespace
}  // namespace plumbline::data
