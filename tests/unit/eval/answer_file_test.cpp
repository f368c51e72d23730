#include "plumbline/eval/answer_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

using testing::HasSubstr;

class AnswerFile : public testing::Test {
 protected:
  std::string error(const std::string& text) {
    return error_of([&] { read_answer_file(files_.write("a.jsonl", text)); });
  }
  EvalFiles files_;
};

TEST_F(AnswerFile, LinesOrAnArrayWithAnyLineEndsAndAByteOrderMark) {
  for (const std::string text :
       {"{\"id\":7,\"text\":\"a\"}\n{\"id\":\"8\",\"answer\":3}\n",
        "{\"id\":7,\"text\":\"a\"}\r\n\r\n{\"id\":\"8\",\"answer\":3}",
        "\xEF\xBB\xBF[{\"id\":7.0,\"text\":\"a\"},\n{\"id\":8,\"answer\":3}]"}) {
    const auto answers = read_answer_file(files_.write("a.jsonl", text));
    ASSERT_EQ(answers.size(), 2u) << text;
    EXPECT_EQ(answers[0].id, "7");
    EXPECT_EQ(answers[0].text, "a");
    EXPECT_EQ(answers[1].id, "8");
    EXPECT_EQ(answers[1].text, "3");
    EXPECT_EQ(answers[1].place, 1u);
  }
}

TEST_F(AnswerFile, NullIsAnEmptyAnswer) {
  const auto answers = read_answer_file(files_.write("a.jsonl", "{\"id\":1,\"text\":null}"));
  EXPECT_TRUE(answers[0].is_null);
  EXPECT_EQ(answers[0].text, "");
}

TEST_F(AnswerFile, WhatIsBrokenIsNamedWithItsLine) {
  EXPECT_THAT(error("{\"id\":1,\"text\":\"a\"}\n{\"id\":2}"), HasSubstr("a.jsonl:2"));
  EXPECT_THAT(error("{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"te"), HasSubstr("a.jsonl:2"));
  EXPECT_THAT(error("{\"id\":1,\"text\":[1]}"), HasSubstr("array"));
  EXPECT_THAT(error("{\"id\":{},\"text\":\"a\"}"), HasSubstr("an id"));
  EXPECT_THAT(error("[3]"), HasSubstr("an object"));
  EXPECT_THAT(error(""), HasSubstr("an empty file"));
}

TEST_F(AnswerFile, OtherEncodingsAreNamed) {
  EXPECT_THAT(error("{\"id\":1,\"text\":\"caf\xE9\"}\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error(std::string("\xFF\xFE{\0", 4)), HasSubstr("UTF-16"));
}

TEST_F(AnswerFile, IdsMayBeMadeOfOtherMembers) {
  AnswerFields fields;
  fields.derived_id = [](const nlohmann::json& record, const std::string& where) {
    return required_text(record, {"set"}, where) + "!";
  };
  const auto path =
      files_.write("a.jsonl", "{\"set\":1,\"text\":\"a\"}\n{\"id\":2,\"set\":1,\"text\":\"b\"}\n");
  const auto answers = read_answer_file(path, fields);
  EXPECT_EQ(answers[0].id, "1!");
  EXPECT_EQ(answers[1].id, "2");
}

TEST(IdText, NumbersAndTextsAreOne) {
  EXPECT_EQ(id_text(7, ""), "7");
  EXPECT_EQ(id_text(7.0, ""), "7");
  EXPECT_EQ(id_text("7", ""), "7");
  EXPECT_EQ(id_text("q-7", ""), "q-7");
}

}  // namespace
}  // namespace plumbline::eval
