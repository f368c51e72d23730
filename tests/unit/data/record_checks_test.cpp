#include "plumbline/data/record_checks.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problems_of(const std::vector<text::Turn>& turns, size_t num_images) {
  Problems problems("data.json", "reading conversations");
  RecordChecks(problems, "").turns("record 1", turns, num_images);
  try {
    problems.finish();
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(RecordChecks, AcceptAWellFormedConversation) {
  EXPECT_EQ(problems_of({{true, "<image>\nwhat?"}, {false, "a cup"}}, 1), "");
  EXPECT_EQ(problems_of({{true, "what?"}, {false, "a cup"}}, 0), "");
}

TEST(RecordChecks, CountPlaceholders) {
  EXPECT_THAT(problems_of({{true, "what?"}, {false, "a"}}, 1),
              HasSubstr("expected 1 <image> placeholder for one image, got 0"));
  EXPECT_THAT(problems_of({{true, "<image><image>what?"}, {false, "a"}}, 1), HasSubstr("got 2"));
  EXPECT_THAT(problems_of({{true, "<image>"}, {false, "a"}}, 0), HasSubstr("for no image, got 1"));
  EXPECT_THAT(problems_of({{true, "<image>\nx"}, {false, "an <image>"}}, 1),
              HasSubstr("expected no <image> in an answer"));
}

TEST(RecordChecks, FindEmptyTurnsAndWrongOrder) {
  EXPECT_THAT(problems_of({{true, "what?"}, {false, " \n"}}, 0),
              HasSubstr("turn 2: expected text, got an empty answer"));
  EXPECT_THAT(problems_of({{true, "a"}, {true, "b"}}, 0),
              HasSubstr("turn 2: expected gpt, got human"));
  EXPECT_THAT(problems_of({}, 0), HasSubstr("got an empty conversation"));
}

TEST(RecordChecks, SeveralImagesNeedAsManyPlaceholders) {
  const std::vector<text::Turn> turns = {{true, "<image>\nand <image>"}, {false, "a"}};
  EXPECT_EQ(problems_of(turns, 2), "");
  EXPECT_THAT(problems_of(turns, 3),
              HasSubstr("expected 3 <image> placeholders for 3 images, got 2"));
}

TEST(RecordChecks, WhereImagesAreCountedASpellingIsData) {
  std::vector<text::Turn> turns = {{.text = "", .images_before = 2},
                                   {.is_user = false, .text = "an <image>", .images_before = 0}};
  EXPECT_EQ(problems_of(turns, 2), "");
  EXPECT_THAT(problems_of(turns, 1), HasSubstr("got 2"));
  turns[0].images_before = 0;
  EXPECT_THAT(problems_of(turns, 0), HasSubstr("empty question"));
}

TEST(RecordChecks, AQuestionIsNoEnd) {
  Problems problems("data.json", "reading");
  RecordChecks checks(problems, "");
  checks.ends_with_answer("record 1", {{true, "a"}, {false, "b"}});
  problems.finish();
  checks.ends_with_answer("record 2", {{true, "a"}});
  EXPECT_THAT(support::error_text<DataError>([&] { problems.finish(); }),
              HasSubstr("record 2: expected an answer as the last turn, got a question"));
}

TEST(RecordChecks, ImageFilesExistBelowTheFolderOrAsTheyStand) {
  const support::ScratchFolder scratch;
  write_file(scratch / "a.png", "");
  std::vector<Problem> found;
  RecordChecks checks([&](const Problem& p) { found.push_back(p); }, scratch.path().string());
  checks.image("record 1", "a.png");
  checks.image_file("record 2", scratch / "a.png");
  checks.image_file("record 3", "data:image/png;base64,Zm9v");
  EXPECT_TRUE(found.empty());
  checks.image("record 4", "b.png");
  checks.image_file("record 5", "a.png");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, ProblemKind::Image);
  EXPECT_EQ(found[0].text, "expected the image file '" + (scratch / "b.png") + "', got none");
  EXPECT_EQ(found[1].where, "record 5");
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
