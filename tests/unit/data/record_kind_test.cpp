#include "plumbline/data/record_kind.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

RecordKind kind(const std::string& text) {
  const support::ScratchFolder scratch;
  write_file(scratch / "records.json", text);
  return record_kind(scratch / "records.json");
}

TEST(RecordKind, IsSeenByTheFirstRecord) {
  EXPECT_EQ(kind(R"([{"id": "1", "conversations": [{"from": "human", "value": "a?"},
                     {"from": "gpt", "value": "b."}]}])"),
            RecordKind::Conversations);
  EXPECT_EQ(kind(R"([{"id": "1", "conversations": [{"from": "human", "value": "a?"}]}])"),
            RecordKind::Prompts);
  EXPECT_EQ(kind(R"({"conversations": [{"from": "human"}], "output_1": "a", "output_2": "b"})"),
            RecordKind::Comparisons);
  EXPECT_EQ(kind(R"({"prompt": "a?", "chosen": "b", "rejected": "c"})"), RecordKind::Comparisons);
}

TEST(RecordKind, WhatCannotBeReadIsTakenForConversations) {
  for (const char* text :
       {"", "{", "[]", "[3]", R"([{"conversations": 3}])", R"([{"conversations": ["human"]}])"}) {
    EXPECT_EQ(kind(text), RecordKind::Conversations) << text;
  }
  const support::ScratchFolder scratch;
  EXPECT_EQ(record_kind(scratch.path().string()), RecordKind::Conversations);
  EXPECT_THROW(record_kind(scratch / "none.json"), IoError);
}

}  // namespace
}  // namespace plumbline::data
