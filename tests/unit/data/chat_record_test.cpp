#include "plumbline/data/chat_record.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ChatRecord read(const std::string& text, Placeholders placeholders = Placeholders::AreImages) {
  return read_chat_record(json::parse(text), "completion", placeholders);
}

// A user's message with this content, an answer, and these images.
ChatRecord ask(const std::string& content, const std::string& images,
               Placeholders placeholders = Placeholders::AreImages) {
  return read(R"({"messages": [{"role": "user", "content": )" + content +
                  R"(}, {"role": "assistant", "content": "b"}], "images": )" + images + "}",
              placeholders);
}

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "none";
}

std::string refusal(const std::string& content, const std::string& images) {
  try {
    ask(content, images);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "none";
}

TEST(ChatRecord, MessagesOfText) {
  const auto record = read(
      R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0},
          {"role": "user", "content": [{"type": "text", "text": "c"}, {"type": "text", "text": "d"}]},
          {"role": "assistant", "content": "e", "weight": null}]})");
  ASSERT_EQ(record.turns.size(), 4U);
  EXPECT_TRUE(record.turns[0].is_user);
  EXPECT_EQ(record.turns[0].text, "a");
  EXPECT_EQ(record.turns[0].images_before, 0);
  EXPECT_FALSE(record.turns[1].is_user);
  EXPECT_FALSE(record.turns[1].is_trained);
  EXPECT_EQ(record.turns[2].text, "cd");
  EXPECT_TRUE(record.turns[3].is_trained);
  EXPECT_THAT(record.images, IsEmpty());
}

TEST(ChatRecord, APromptIsNotTrainedAndMayBeMessages) {
  const auto texts = read(R"({"prompt": "a", "completion": "b"})");
  ASSERT_EQ(texts.turns.size(), 2U);
  EXPECT_EQ(texts.turns[0].text, "a");
  EXPECT_TRUE(texts.turns[1].is_trained);
  const auto messages = read(
      R"({"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                     {"role": "user", "content": "c"}],
          "completion": [{"role": "assistant", "content": "d"}]})");
  ASSERT_EQ(messages.turns.size(), 4U);
  EXPECT_FALSE(messages.turns[1].is_trained);
  EXPECT_EQ(messages.turns[3].text, "d");
  EXPECT_TRUE(messages.turns[3].is_trained);
}

TEST(ChatRecord, ImagesHaveManySpellings) {
  const std::string url = "data:image/png;base64,Zm9v";
  EXPECT_THAT(ask(R"("a")", R"("x.png")").images, ElementsAre("x.png"));
  EXPECT_THAT(ask(R"("a")", R"(["x.png", {"path": "y.png", "bytes": null}])").images,
              ElementsAre("x.png", "y.png"));
  EXPECT_THAT(ask(R"("a")", R"([{"url": ")" + url + R"("}, {"image": "z.png"}])").images,
              ElementsAre(url, "z.png"));
  EXPECT_THAT(ask(R"("a")", "null").images, IsEmpty());
  const auto parts = ask(
      R"([{"type": "image", "image": "x.png"}, {"type": "image", "path": "y.png"}, {"type": "image"},
          {"type": "image_url", "image_url": {"url": ")" +
          url + R"("}},
          {"type": "image_url", "image_url": "z.png"}, {"type": "text", "text": "a"}])",
      R"(["given.png"])");
  EXPECT_THAT(parts.images, ElementsAre("x.png", "y.png", "given.png", url, "z.png"));
  EXPECT_EQ(parts.turns[0].images_before, 5);
  EXPECT_EQ(parts.turns[0].text, "a");
}

TEST(ChatRecord, ImagesThatNoPartNamesStandFirst) {
  const auto record = ask(R"("a")", R"(["x.png", "y.png"])");
  EXPECT_EQ(record.turns[0].images_before, 2);
  EXPECT_EQ(record.turns[1].images_before, 0);
}

TEST(ChatRecord, ImagesWithinATextArePlaceholdersInPlace) {
  const auto record = ask(
      R"([{"type": "image"}, {"type": "text", "text": "or "}, {"type": "image"}, {"type": "text", "text": "?"}])",
      R"(["x.png", "y.png"])");
  EXPECT_EQ(record.turns[0].text, "<image>\nor <image>?");
  EXPECT_EQ(record.turns[0].images_before, -1);
  EXPECT_EQ(record.turns[1].images_before, -1);
  EXPECT_THAT(record.images, ElementsAre("x.png", "y.png"));
}

TEST(ChatRecord, PlaceholdersInATextAreImagesOrData) {
  const auto images = ask(R"("is <image> red?")", R"(["x.png"])");
  EXPECT_EQ(images.turns[0].text, "is <image> red?");
  EXPECT_EQ(images.turns[0].images_before, -1);
  const auto data = ask(R"("is <image> red?")", R"(["x.png"])", Placeholders::AreData);
  EXPECT_EQ(data.turns[0].images_before, 1);
  // Beside parts that are images, a spelling is data, too.
  const auto part =
      ask(R"([{"type": "image"}, {"type": "text", "text": "<image>?"}])", R"(["x.png"])");
  EXPECT_EQ(part.turns[0].images_before, 1);
  EXPECT_EQ(part.turns[0].text, "<image>?");
}

TEST(ChatRecord, SaysWhatIsWrong) {
  EXPECT_THAT(refusal(R"([{"type": "image"}])", "[]"),
              HasSubstr("as many images as image parts (1), not 0"));
  EXPECT_THAT(refusal(R"([{"type": "image"}])", R"(["a", "b"])"), HasSubstr("(1), not 2"));
  EXPECT_THAT(refusal(R"([{"type": "image", "image": "x"}])", R"(["a"])"), HasSubstr("(0), not 1"));
  EXPECT_THAT(refusal(R"([{"type": "text", "text": "<image>"}, {"type": "image"}])", R"(["a"])"),
              HasSubstr("no <image> spelt"));
  EXPECT_THAT(refusal(R"([{"type": "audio"}])", "[]"), HasSubstr("parts of type text"));
  EXPECT_THAT(refusal("3", "[]"), HasSubstr("content to be text or parts"));
  EXPECT_THAT(refusal(R"("a")", "[3]"), HasSubstr("images to be paths"));
  EXPECT_THAT(refusal(R"("a")", R"([{"bytes": "x"}])"), HasSubstr("images to be paths"));
  EXPECT_THAT(refusal(R"([{"type": "image_url"}])", "[]"), HasSubstr("image_url to be"));
  EXPECT_THAT(refusal(R"({"messages": "a"})"), HasSubstr("messages to be a list"));
  EXPECT_THAT(refusal(R"({"messages": ["a"]})"), HasSubstr("messages to be objects"));
  EXPECT_THAT(refusal(R"({"messages": [{"role": "system", "content": "a"}]})"),
              HasSubstr("not system"));
  EXPECT_THAT(refusal(R"({"messages": [{"role": "tool", "content": "a"}]})"),
              HasSubstr("not tool"));
  EXPECT_THAT(refusal(R"({"messages": [{"role": "user", "content": "a", "weight": 0.5}]})"),
              HasSubstr("weight to be 0 or 1"));
  EXPECT_THAT(refusal(R"({"prompt": "a"})"), HasSubstr("completion to be text or messages"));
  EXPECT_THAT(refusal(R"({"messages": [{"role": "assistant", "content": [{"type": "image"}]}]})"),
              HasSubstr("in a user's message"));
}

}  // namespace
}  // namespace plumbline::data
