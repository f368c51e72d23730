#include "plumbline/benchmarks/object_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(ListedObjects, FormsOfReplies) {
  const auto cup = Optional(ElementsAre("cup"));
  EXPECT_THAT(listed_objects("[\"cup\"]"), cup);
  EXPECT_THAT(listed_objects("```json\n[\"cup\"]\n```"), cup);
  EXPECT_THAT(listed_objects("Here:\n```json\n[\"cup\"]\n```\nDone."), cup);
  EXPECT_THAT(listed_objects("These are seen:\n[\"cup\"]\n"), cup);
  EXPECT_THAT(listed_objects("[]"), Optional(IsEmpty()));
  EXPECT_THAT(listed_objects("[\"two\", 2]"), Optional(ElementsAre("two", "2")));
}

TEST(ListedObjects, WhatIsNoList) {
  for (const char* reply :
       {"", "cup, table", "[cup]", "none: []", "[\"cup\"] is seen", "[\"cup\"]\nDone.",
        "{\"objects\": [\"cup\"]}", "[\"cup\", null]", "[[\"cup\"]]", "\"cup\"", "[\"cup\""}) {
    EXPECT_FALSE(listed_objects(reply)) << reply;
  }
  EXPECT_FALSE(listed_objects(std::string(100000, '[')));
}

TEST(ShortAnswers, AreOfThreeWordsAtMost) {
  for (const char* text : {"", " ", "a red cup", " a\n red  cup "}) {
    EXPECT_TRUE(is_short_answer(text)) << text;
  }
  EXPECT_FALSE(is_short_answer("a red cup here"));
}

}  // namespace
}  // namespace plumbline::benchmarks
