#include "plumbline/data/records.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;

class Records : public support::Scratch {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "images");
    write_file(folder_ / "images/a.png", "not looked into here");
  }
  std::string file(const std::string& text) {
    write_file(folder_ / "data.json", text);
    return (folder_ / "data.json").string();
  }
  std::string images() const { return (folder_ / "images").string(); }
  template <class F>
  std::string error_of(F read) {
    try {
      read();
    } catch (const Error& e) {
      EXPECT_EQ(e.exit_code(), 3);
      return e.what();
    }
    return "";
  }
};

constexpr const char* kConversation =
    R"([{"id": 7, "image": "a.png", "conversations": [{"from": "human", "value": "<image>\nwhat?"}, {"from": "gpt", "value": "a cup"}]}])";

TEST_F(Records, ReadLlavaConversations) {
  const auto records = read_conversations(file(kConversation), images());
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].id, "7");
  EXPECT_EQ(records[0].turns[1].text, "a cup");
  EXPECT_FALSE(records[0].turns[1].is_user);
}

TEST_F(Records, SeveralImagesAreAList) {
  const auto path = (folder_ / "out.json").string();
  write_file(folder_ / "images/b.png", "");
  const std::vector<text::Turn> turns = {{true, "<image> or <image>?"}, {false, "a"}};
  write_conversations(path,
                      {{"1", {"a.png", "b.png"}, turns}, {"2", {}, {{true, "x"}, {false, "y"}}}});
  const auto records = read_conversations(path, images());
  EXPECT_THAT(records[0].images, testing::ElementsAre("a.png", "b.png"));
  EXPECT_TRUE(records[1].images.empty());
  EXPECT_THAT(images_of(records), testing::ElementsAre("a.png", "b.png"));
  write_conversations(path, {{"1", {"a.png", "gone.png", "b.png"}, turns}});
  const auto text = error_of([&] { read_conversations(path, images()); });
  EXPECT_THAT(text, HasSubstr("gone.png"));
  EXPECT_THAT(text, HasSubstr("expected 3 <image> placeholders for 3 images, got 2"));
}

TEST_F(Records, CountedImagesAreWrittenAsPlaceholders) {
  const auto path = (folder_ / "out.json").string();
  const std::vector<text::Turn> turns = {{.text = "what?", .images_before = 1},
                                         {.is_user = false, .text = "a", .images_before = 0}};
  write_conversations(path, {{"1", {"a.png"}, turns}});
  EXPECT_EQ(read_conversations(path, images()).at(0).turns[0].text, "<image>\nwhat?");
}

TEST_F(Records, RawTextIsWrittenAsText) {
  const auto path = (folder_ / "out.json").string();
  write_conversations(path, {{.id = "1", .images = {}, .turns = {}, .text = "once"}});
  EXPECT_THAT(read_file(path), HasSubstr(R"({"id":"1","text":"once"})"));
}

TEST_F(Records, ReportAllProblemsTogether) {
  const auto path = file(R"([
    {"id": "a", "image": "gone.png", "conversations": [{"from": "human", "value": "<image> x"}, {"from": "gpt", "value": "y"}]},
    {"id": "a", "conversations": [{"from": "human", "value": "x"}, {"from": "gpt", "value": ""}]},
    {"id": "c", "conversations": [{"from": "robot", "value": "x"}]},
    {"id": "d", "conversations": [{"from": "human", "value": "x"}]},
    {"id": "e"}])");
  const auto text = error_of([&] { read_conversations(path, images()); });
  EXPECT_THAT(text, HasSubstr("gone.png"));
  EXPECT_THAT(text, HasSubstr("got 'a' again"));
  EXPECT_THAT(text, HasSubstr("empty answer"));
  EXPECT_THAT(text, HasSubstr("'robot'"));
  EXPECT_THAT(text, HasSubstr("an answer as the last turn"));
  EXPECT_THAT(text, HasSubstr("conversations"));
  EXPECT_THAT(text, HasSubstr("data.json"));
}

TEST_F(Records, RefuseFilesWithoutRecords) {
  EXPECT_THAT(error_of([&] { read_conversations(file("[]"), ""); }),
              HasSubstr("at least one record"));
  EXPECT_THAT(error_of([&] { read_conversations((folder_ / "none.json").string(), ""); }),
              HasSubstr("none.json"));
  EXPECT_NE(error_of([&] { read_conversations(file("[{]"), ""); }), "");
}

TEST_F(Records, WhatIsWrittenReadsBack) {
  const std::vector<text::Turn> question = {{true, "<image>\nwhat \"is\" it?"}};
  const auto path = (folder_ / "out.json").string();
  write_prompts(path, {{"1", "a.png", question, CaptionType::C, 0.5}});
  const auto prompt = read_prompts(path, images()).at(0);
  EXPECT_EQ(prompt.caption_type, CaptionType::C);
  EXPECT_EQ(prompt.length_bonus_multiplier, 0.5);

  write_samples(path, {{prompt, {"a cup", ""}}});
  EXPECT_THAT(read_samples(path).at(0).answers, testing::ElementsAre("a cup", ""));

  auto turns = question;
  turns.push_back({.is_user = false, .text = "wrong", .is_trained = false});
  write_conversations(path, {{"1", {"a.png"}, turns}});
  EXPECT_THAT(read_file(path), HasSubstr(R"("image":"a.png")"));
  EXPECT_FALSE(read_conversations(path, images()).at(0).turns[1].is_trained);
}

TEST_F(Records, RefuseBadTypes) {
  const std::string turns = R"("conversations": [{"from": "human", "value": "x"}])";
  EXPECT_THAT(error_of([&] {
                read_prompts(file(R"([{"id": "1", "caption_type": 9, )" + turns + "}]"), "");
              }),
              HasSubstr("1..7"));
}

TEST_F(Records, ImagesKeepTheirOrderAndEmptyNames) {
  std::vector<Prompt> prompts(3);
  prompts[0].image = "b.png";
  prompts[2].image = "a.png";
  EXPECT_EQ(images_of(prompts), (std::vector<std::string>{"b.png", "", "a.png"}));
}

TEST(Conversations, BytesThatAreNoTextDoNotStopASave) {
  const support::ScratchFolder scratch;
  const std::string path = scratch / "a.json";
  write_conversations(path, {{"a", {}, {{.is_user = true, .text = "hi \xff"}}}});
  EXPECT_NE(read_file(path).find("hi \xEF\xBF\xBD"), std::string::npos);
}

}  // namespace
}  // namespace plumbline::data
