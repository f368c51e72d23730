#include "plumbline/data/record_checks.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problems_of(const std::vector<text::Turn>& turns, bool has_image) {
  Problems problems("data.json", "reading conversations");
  RecordChecks(problems, "").turns("record 1", turns, has_image);
  try {
    problems.finish();
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(RecordChecks, AcceptAWellFormedConversation) {
  EXPECT_EQ(problems_of({{true, "<image>\nwhat?"}, {false, "a cup"}}, true), "");
  EXPECT_EQ(problems_of({{true, "what?"}, {false, "a cup"}}, false), "");
}

TEST(RecordChecks, CountPlaceholders) {
  EXPECT_THAT(problems_of({{true, "what?"}, {false, "a"}}, true),
              HasSubstr("expected 1 <image> placeholder for one image, got 0"));
  EXPECT_THAT(problems_of({{true, "<image><image>what?"}, {false, "a"}}, true), HasSubstr("got 2"));
  EXPECT_THAT(problems_of({{true, "<image>"}, {false, "a"}}, false),
              HasSubstr("for no image, got 1"));
  EXPECT_THAT(problems_of({{true, "<image>\nx"}, {false, "an <image>"}}, true),
              HasSubstr("expected no <image> in an answer"));
}

TEST(RecordChecks, FindEmptyTurnsAndWrongOrder) {
  EXPECT_THAT(problems_of({{true, "what?"}, {false, " \n"}}, false),
              HasSubstr("turn 2: expected text, got an empty answer"));
  EXPECT_THAT(problems_of({{true, "a"}, {true, "b"}}, false),
              HasSubstr("turn 2: expected gpt, got human"));
  EXPECT_THAT(problems_of({}, false), HasSubstr("got an empty conversation"));
}

TEST(Problems, ListTenAndCountTheRest) {
  Problems problems("data.json", "reading");
  for (int i = 1; i <= 12; ++i) problems.add("record " + std::to_string(i), "bad");
  try {
    problems.finish();
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("12 problems"));
    EXPECT_THAT(e.what(), HasSubstr("record 10: bad"));
    EXPECT_THAT(e.what(), Not(HasSubstr("record 11")));
    EXPECT_THAT(e.what(), HasSubstr("and 2 more"));
  }
}

}  // namespace
}  // namespace plumbline::data
