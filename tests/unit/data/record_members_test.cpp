#include "plumbline/data/record_members.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;

template <class Read>
std::string complaint(const Read& read) {
  try {
    read();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(RecordMembers, AreTakenByTheirKind) {
  const json record = {{"value", "a"}, {"turns", {1}}, {"texts", {"b", "c"}}};
  EXPECT_EQ(required_text(record, "value"), "a");
  EXPECT_EQ(required_list(record, "turns"), json({1}));
  EXPECT_THAT(text_list(record["texts"], "texts"), ElementsAre("b", "c"));
}

TEST(RecordMembers, ErrorsNameTheMemberAndWhatIsThere) {
  const json record = {{"value", 3}, {"texts", {"b", 4}}};
  EXPECT_EQ(complaint([&] { required(record, "from"); }), "\"from\", got none");
  EXPECT_EQ(complaint([&] { required(3, "from"); }), "an object with \"from\", got 3");
  EXPECT_EQ(complaint([&] { required_text(record, "value"); }), "\"value\" to be text, got 3");
  EXPECT_EQ(complaint([&] { required_list(record, "value"); }), "\"value\" to be a list, got 3");
  EXPECT_EQ(complaint([&] { text_list(record["texts"], "texts"); }),
            "\"texts\" to be a list of texts, got [\"b\",4]");
}

TEST(RecordMembers, WhatIsShownIsShortAndPrintable) {
  EXPECT_EQ(shown(std::string(200, 'x')).size(), 83U);
  EXPECT_EQ(shown("\xFF\n"), "\"\\ufffd\\n\"");
}

}  // namespace
}  // namespace plumbline::data
