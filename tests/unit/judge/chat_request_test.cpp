#include "plumbline/judge/chat_request.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using nlohmann::json;
using support::error_text;
using testing::AllOf;
using testing::HasSubstr;

const api::JudgeRequest kRequest{
    .id = "7",
    .messages = {{"system", "You rate answers."}, {"user", "How good is \"A cup.\"?\n"}},
    .temperature = 0.2,
    .max_tokens = 64};

// As the public reference shows a reply.
constexpr const char* kReply = R"({
  "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion",
  "created": 1741569952, "model": "judge-2025-04-14",
  "choices": [{"index": 0,
               "message": {"role": "assistant", "content": "Rating: 3", "refusal": null,
                           "annotations": []},
               "logprobs": null, "finish_reason": "stop"}],
  "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
            "prompt_tokens_details": {"cached_tokens": 0}},
  "service_tier": "default"})";

std::string complaint(const std::string& text) {
  return error_text<DataError>([&] { read_chat_reply(text, "q7"); });
}

TEST(ChatUrl, CompletesABase) {
  EXPECT_EQ(chat_url("http://host/v1"), "http://host/v1/chat/completions");
  EXPECT_EQ(chat_url("http://host/v1/"), "http://host/v1/chat/completions");
  EXPECT_EQ(chat_url("https://host:8000"), "https://host:8000/v1/chat/completions");
  EXPECT_EQ(chat_url("https://host:8000/"), "https://host:8000/v1/chat/completions");
  EXPECT_EQ(chat_url("https://host/api/v3"), "https://host/api/v3/chat/completions");
}

TEST(ChatUrl, LeavesAWholeOneAlone) {
  for (const char* url : {"http://host/v1/chat/completions", "http://h/x/chat/completions?v=1"}) {
    EXPECT_EQ(chat_url(url), url);
  }
}

TEST(ChatUrl, KeepsTheQuery) {
  EXPECT_EQ(chat_url("http://host/v1?api-version=2"),
            "http://host/v1/chat/completions?api-version=2");
  EXPECT_EQ(chat_url("http://host?a=/b"), "http://host/v1/chat/completions?a=/b");
}

TEST(ChatUrl, MustBeOne) { EXPECT_THROW(chat_url("host/v1"), ConfigError); }

TEST(ChatBody, IsThatOfTheReference) {
  EXPECT_EQ(json::parse(chat_body({.name = "judge-x"}, kRequest)), json::parse(R"({
    "model": "judge-x",
    "messages": [{"role": "system", "content": "You rate answers."},
                 {"role": "user", "content": "How good is \"A cup.\"?\n"}],
    "temperature": 0.2,
    "max_tokens": 64})"));
}

TEST(ChatBody, MayHaveASeedAndAnotherLimit) {
  const json body = json::parse(
      chat_body({.name = "j", .limit_field = "max_completion_tokens", .seed = 5}, kRequest));
  EXPECT_EQ(body["seed"], 5);
  EXPECT_EQ(body["max_completion_tokens"], 64);
  EXPECT_FALSE(body.contains("max_tokens"));
}

TEST(ChatBody, HoldsTextThatEndsWithinACharacter) {
  const api::JudgeRequest request{.id = "1", .messages = {{"user", "caf\xC3"}}};
  EXPECT_EQ(json::parse(chat_body({.name = "j"}, request))["messages"][0]["content"],
            "caf\xEF\xBF\xBD");
}

TEST(ChatReply, IsThatOfTheReference) {
  const ChatReply reply = read_chat_reply(kReply, "q7");
  EXPECT_EQ(reply.text, "Rating: 3");
  EXPECT_EQ(reply.model, "judge-2025-04-14");
  EXPECT_EQ(reply.num_tokens, 29);
  EXPECT_FALSE(reply.is_cut);
}

TEST(ChatReply, NeedsNoMoreThanItsText) {
  const ChatReply reply = read_chat_reply(R"({"choices":[{"message":{"content":""}}]})", "q7");
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.num_tokens, std::nullopt);
}

TEST(ChatReply, SaysWhenItIsCut) {
  EXPECT_TRUE(
      read_chat_reply(R"({"choices":[{"message":{"content":"a"},"finish_reason":"length"}]})", "q7")
          .is_cut);
}

TEST(ChatReply, IsJson) {
  EXPECT_EQ(complaint("<html>\n502</html>"),
            "[eval] asking about 'q7': expected a chat completion in JSON, got '<html> 502</html>'.");
  EXPECT_THAT(complaint(""), HasSubstr("got ''"));
  EXPECT_THAT(complaint(std::string(200, '[')), HasSubstr("asking about 'q7'"));
}

TEST(ChatReply, HasTheRightShape) {
  for (const char* text : {"[]", "3", "null", "{}", R"({"choices":{}})", R"({"choices":null})"}) {
    EXPECT_THAT(complaint(text), AllOf(HasSubstr("'choices'"), HasSubstr(text))) << text;
  }
  for (const char* text :
       {R"({"choices":[3]})", R"({"choices":[{}]})", R"({"choices":[{"message":"a"}]})",
        R"({"choices":[{"text":"a"}]})", R"({"choices":[{"message":{"content":3}}]})",
        R"({"choices":[{"message":{"content":[{"text":"a"}]}}]})",
        R"({"choices":[{"message":{"content":null}}]})"}) {
    EXPECT_THAT(complaint(text),
                AllOf(HasSubstr("a text as the message's content"), HasSubstr(text)))
        << text;
  }
}

TEST(ChatReply, HasOneChoice) {
  EXPECT_THAT(complaint(R"({"choices":[]})"), HasSubstr("expected one choice, got 0 in"));
  EXPECT_THAT(complaint(R"({"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]})"),
              HasSubstr("expected one choice, got 2 in"));
}

TEST(ChatReply, SaysWhyThereIsNoText) {
  EXPECT_THAT(complaint(R"({"choices":[{"message":{"content":null,"refusal":"I cannot."}}]})"),
              HasSubstr("got null (it refuses: 'I cannot.')"));
  EXPECT_THAT(
      complaint(R"({"choices":[{"message":{"content":null},"finish_reason":"content_filter"}]})"),
      HasSubstr("content filter"));
}

TEST(ChatReply, MayBeAnErrorInDisguise) {
  EXPECT_THAT(complaint(R"({"error":{"message":"model not found","code":404}})"),
              HasSubstr("an error: '{\"error\":{\"message\":\"model not found\""));
}

TEST(ChatReply, TokensMayBeAnything) {
  EXPECT_EQ(read_chat_reply(
                R"({"choices":[{"message":{"content":"a"}}],"usage":{"total_tokens":"9"}})", "q7")
                .num_tokens,
            std::nullopt);
}

}  // namespace
}  // namespace plumbline::judge
