#include "plumbline/data/training_record.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TrainingRecord read(const std::string& text) { return read_training_record(json::parse(text)); }

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "none";
}

TEST(TrainingRecord, TellsFormsByTheirKeys) {
  const auto llava = read(
      R"({"id": 3, "image": "x.png", "conversations": [{"from": "human", "value": "<image>"}, {"from": "gpt", "value": "b"}]})");
  EXPECT_EQ(llava.form, "llava");
  EXPECT_EQ(llava.conversation.id, "3");
  EXPECT_THAT(llava.conversation.images, ElementsAre("x.png"));
  EXPECT_EQ(llava.conversation.turns[1].text, "b");

  // UltraChat's records have a prompt beside their messages.
  const auto messages = read(
      R"({"prompt": "a", "image": "x.png", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})");
  EXPECT_EQ(messages.form, "messages");
  EXPECT_THAT(messages.conversation.images, ElementsAre("x.png"));
  EXPECT_EQ(messages.conversation.turns[0].images_before, 1);
  EXPECT_EQ(messages.conversation.id, "");

  const auto prompt = read(R"({"prompt": "a", "completion": "b"})");
  EXPECT_EQ(prompt.form, "prompt");
  EXPECT_EQ(prompt.conversation.turns[1].text, "b");

  const auto text = read(R"({"id": "t", "text": "once upon"})");
  EXPECT_EQ(text.form, "text");
  EXPECT_EQ(text.conversation.text, "once upon");
  EXPECT_THAT(text.conversation.turns, IsEmpty());
}

TEST(TrainingRecord, LlavaRecordsMayHaveImages) {
  const auto record = read(R"({"images": ["x.png", {"path": "y.png"}], "conversations": []})");
  EXPECT_THAT(record.conversation.images, ElementsAre("x.png", "y.png"));
}

TEST(TrainingRecord, ACaptionIsAnAnswerToThePictureAlone) {
  const auto caption = read(R"({"file_name": "x.png", "text": "a cup"})");
  EXPECT_EQ(caption.form, "caption");
  EXPECT_THAT(caption.conversation.images, ElementsAre("x.png"));
  ASSERT_EQ(caption.conversation.turns.size(), 2U);
  EXPECT_EQ(caption.conversation.turns[0].text, "<image>");
  EXPECT_EQ(caption.conversation.turns[0].images_before, -1);
  EXPECT_EQ(caption.conversation.turns[1].text, "a cup");
}

TEST(TrainingRecord, SaysWhatIsWrong) {
  EXPECT_THAT(refusal("3"), HasSubstr("an object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("got no keys"));
  EXPECT_THAT(refusal(R"({"chosen": "a", "rejected": "b"})"),
              HasSubstr("got the keys chosen, rejected"));
  EXPECT_THAT(refusal(R"({"prompt": "a"})"), HasSubstr("prompt with completion"));
  EXPECT_THAT(refusal(R"({"messages": [], "conversations": []})"), HasSubstr("one of"));
  EXPECT_THAT(refusal(R"({"file_name": "x.png"})"), HasSubstr("\"text\" to be text"));
  EXPECT_THAT(refusal(R"({"text": " \n"})"), HasSubstr("text in \"text\", got none"));
  EXPECT_THAT(refusal(R"({"text": "a", "images": ["x.png"]})"), HasSubstr("no images beside"));
}

}  // namespace
}  // namespace plumbline::data
