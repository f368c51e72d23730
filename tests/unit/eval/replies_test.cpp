#include "plumbline/eval/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ReplyFiles : public testing::Test {
 protected:
  Replies read(const std::string& text, bool may_mix_judges = false) {
    return read_replies(files_.write("r.jsonl", text), {{"a", "a cup", 0}, {"b", "a dog", 1}},
                        may_mix_judges);
  }
  std::string error(const std::string& text) {
    return error_of([&] { read(text); });
  }

  EvalFiles files_;
};

TEST_F(ReplyFiles, OfTheProgramsJudgeTheLastLineOfAnIdCounts) {
  const auto replies = read(
      "{\"id\":\"b\",\"judge\":\"j 1\",\"reply\":\"old\"}\n"
      "{\"id\":\"a\",\"judge\":\"j 1\",\"reply\":\"Rating: 2\",\"messages\":[{\"role\":\"user\","
      "\"content\":\"It says a cup.\"}]}\n"
      "{\"id\":\"b\",\"judge\":\"j 1\",\"reply\":null}\n");
  EXPECT_THAT(replies.texts, ElementsAre("Rating: 2", ""));
  EXPECT_EQ(replies.judge, "j 1");
}

TEST_F(ReplyFiles, LlavasReviewsAreJoinedByQuestion) {
  EXPECT_THAT(read("\xEF\xBB\xBF{\"id\":1,\"question_id\":\"b\",\"content\":\"8 7\"}\r\n"
                   "{\"id\":2,\"question_id\":\"a\",\"content\":\"5 6\\nwhy\"}\r\n")
                  .texts,
              ElementsAre("5 6\nwhy", "8 7"));
}

TEST_F(ReplyFiles, PlainRecordsMayBeAnArray) {
  const auto replies = read("[{\"id\":\"b\",\"text\":\"two\"},{\"id\":\"a\",\"content\":\"one\"}]");
  EXPECT_THAT(replies.texts, ElementsAre("one", "two"));
  EXPECT_EQ(replies.judge, "");
}

TEST_F(ReplyFiles, NumbersAsIdsAreTexts) {
  const auto path = files_.write("n", "{\"id\":7,\"reply\":\"x\"}\n{\"id\":\"8\",\"reply\":5}\n");
  EXPECT_THAT(read_replies(path, {{"8", "", 0}, {"7", "", 1}}, false).texts, ElementsAre("5", "x"));
}

std::string raw(const std::string& content, const std::string& model = "m") {
  return "{\"id\":\"chatcmpl\",\"model\":\"" + model +
         "\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":" + content + "}}]}";
}

TEST_F(ReplyFiles, RawChatResponsesGoByPosition) {
  const auto replies = read("[" + raw("\"one\"") + "," + raw("null") + "]");
  EXPECT_THAT(replies.texts, ElementsAre("one", ""));
  EXPECT_EQ(replies.judge, "m");
}

TEST_F(ReplyFiles, RawChatResponsesMustBeAsManyAsAnswers) {
  EXPECT_THAT(error("[" + raw("\"one\"") + "]"),
              AllOf(HasSubstr("2 raw chat responses"), HasSubstr("got 1")));
  EXPECT_THAT(error("[" + raw("\"one\"") + ",{\"id\":\"b\",\"reply\":\"x\"}]"),
              HasSubstr("raw chat responses throughout"));
  EXPECT_THAT(error("[{\"id\":\"b\",\"reply\":\"x\"}," + raw("\"one\"") + "]"),
              HasSubstr("replies with ids throughout"));
  EXPECT_THAT(error("[{\"choices\":[]},{\"choices\":[]}]"),
              AllOf(HasSubstr("choices[0].message.content"), HasSubstr("record 1")));
}

TEST_F(ReplyFiles, RawChatResponsesNeedAnswersInTheirOrder) {
  const auto path = files_.write("r.json", "[" + raw("\"one\"") + "," + raw("\"two\"") + "]");
  EXPECT_THAT(error_of([&] {
                read_replies(path, {{"a", "", 1}, {"b", "", 0}}, false);
              }),
              AllOf(HasSubstr("the answer to a as number 2 instead of 1"), HasSubstr("r.json")));
}

TEST_F(ReplyFiles, MissingUnknownAndDoubledIdsAreListed) {
  EXPECT_THAT(error("{\"id\":\"a\",\"reply\":\"x\"}\n{\"id\":\"z\",\"reply\":\"x\"}\n"),
              AllOf(HasSubstr("none to b"), HasSubstr("replies to z")));
  EXPECT_THAT(error("{\"id\":\"a\",\"reply\":\"x\"}\n{\"id\":\"a\",\"reply\":\"y\"}\n"),
              HasSubstr("two to a"));
  EXPECT_THAT(error(""), HasSubstr("an empty file"));
}

TEST_F(ReplyFiles, WhatAReplyIsAboutMustBeTheWholeAnswer) {
  const std::string rest = R"(,"judge":"j","reply":"x","about":)";
  const std::string b = R"({"id":"b")" + rest + "\"a dog\"}\n";
  EXPECT_THAT(read(R"({"id":"a")" + rest + "\"a cup\"}\n" + b).texts, ElementsAre("x", "x"));
  EXPECT_THAT(error(R"({"id":"a")" + rest + "\"a cup of tea\"}\n" + b),
              HasSubstr("another answer to a"));
}

TEST_F(ReplyFiles, OptionalRepliesMayBeMissing) {
  const auto path = files_.write("r.jsonl", "{\"id\":\"b\",\"judge\":\"j\",\"reply\":\"x\"}");
  std::vector<JudgedAnswer> answers = {{.id = "a", .text = "", .is_optional = true},
                                       {.id = "b", .text = "", .place = 1}};
  const auto replies = read_replies(path, answers, false);
  EXPECT_THAT(replies.texts, ElementsAre("", "x"));
  EXPECT_EQ(replies.judge, "j");
  answers[0].is_optional = false;
  EXPECT_THAT(error_of([&] { read_replies(path, answers, false); }), HasSubstr("none to a"));
}

TEST_F(ReplyFiles, SeveralJudgesAreRefusedUnlessAllowed) {
  const std::string mixed =
      "{\"id\":\"a\",\"judge\":\"x\",\"reply\":\"1\"}\n{\"id\":\"b\",\"judge\":\"y\",\"reply\":"
      "\"2\"}\n";
  EXPECT_THAT(error(mixed), AllOf(HasSubstr("'x' and 'y'"), HasSubstr("judges=several")));
  EXPECT_EQ(read(mixed, true).judge, "x, y");
  // An older reply of another judge that does not count is no matter.
  EXPECT_EQ(read("{\"id\":\"a\",\"judge\":\"old\",\"reply\":\"1\"}\n"
                 "{\"id\":\"a\",\"judge\":\"y\",\"reply\":\"1\"}\n"
                 "{\"id\":\"b\",\"judge\":\"y\",\"reply\":\"2\"}\n")
                .judge,
            "y");
}

TEST_F(ReplyFiles, AReplyToAnotherAnswerIsRefused) {
  EXPECT_THAT(
      error("{\"id\":\"a\",\"judge\":\"j\",\"reply\":\"x\",\"messages\":[{\"role\":\"user\","
            "\"content\":\"It says a plate.\"}]}\n"
            "{\"id\":\"b\",\"judge\":\"j\",\"reply\":\"x\"}\n"),
      AllOf(HasSubstr("another answer to a"), HasSubstr("r.jsonl:1")));
}

TEST_F(ReplyFiles, BrokenRecordsAreNamed) {
  EXPECT_THAT(error("{\"id\":\"a\",\"reply\":\"x\"}\n{\"id\":\"b\"}\n"), HasSubstr("r.jsonl:2"));
  EXPECT_THAT(error("{\"reply\":\"x\"}\n"), HasSubstr("an id, or 'choices'"));
  EXPECT_THAT(error("{\"id\":\"a\",\"reply\":[1]}\n"), HasSubstr("r.jsonl:1"));
  EXPECT_THAT(error("{\"id\":null,\"reply\":\"x\"}\n"), HasSubstr("r.jsonl:1"));
  EXPECT_THAT(error("7\n"), HasSubstr("an object"));
}

}  // namespace
}  // namespace plumbline::eval
