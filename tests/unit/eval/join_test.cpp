#include "plumbline/eval/join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const JoinedFiles kFiles = {"questions.jsonl", "answers.jsonl"};

std::vector<Asked> asked(const std::vector<std::string>& ids) {
  std::vector<Asked> result;
  for (const auto& id : ids) result.push_back({.id = id, .question = "What is " + id + "?"});
  return result;
}

std::vector<Answer> answers(const std::vector<std::string>& ids) {
  std::vector<Answer> result;
  for (const auto& id : ids) {
    result.push_back({.id = id, .text = "It is " + id, .where = "answers.jsonl:" + id});
  }
  return result;
}

TEST(Join, ByIdInTheQuestionsOrder) {
  const auto joined = join(asked({"1", "2", "3"}), answers({"3", "1", "2"}), Join::Id, kFiles);
  EXPECT_EQ(joined[0].text, "It is 1");
  EXPECT_EQ(joined[2].text, "It is 3");
}

TEST(Join, NoQuestionsAreRefused) {
  EXPECT_THAT(error_of([] { join({}, answers({"1"}), Join::Id, kFiles); }),
              AllOf(HasSubstr("an empty file"), HasSubstr("questions.jsonl")));
}

TEST(Join, MissingAndUnknownIdsAreListed) {
  const auto error = error_of([] {
    join(asked({"1", "2", "3", "4", "5", "6", "7"}), answers({"1", "x", "y"}), Join::Id, kFiles);
  });
  EXPECT_THAT(error, AllOf(HasSubstr("no answer to 2, 3, 4, 5, 6 and 1 more"),
                           HasSubstr("answers to x, y, which nobody asked")));
}

TEST(Join, IdsThatComeTwiceAreListed) {
  EXPECT_THAT(error_of([] {
                join(asked({"1", "2"}), answers({"1", "2", "2"}), Join::Id, kFiles);
              }),
              AllOf(HasSubstr("twice: 2"), HasSubstr("answers.jsonl")));
  EXPECT_THAT(error_of([] {
                join(asked({"1", "1"}), answers({"1"}), Join::Id, kFiles);
              }),
              AllOf(HasSubstr("twice: 1"), HasSubstr("questions.jsonl")));
}

TEST(Join, WithoutIdsAsksForThePosition) {
  EXPECT_THAT(error_of([] { join(asked({"1"}), answers({""}), Join::Id, kFiles); }),
              HasSubstr("--join position"));
}

TEST(Join, ByPositionWantsEqualNumbers) {
  const auto joined = join(asked({"1", "2"}), answers({"", ""}), Join::Position, kFiles);
  EXPECT_EQ(joined.size(), 2u);
  EXPECT_THAT(error_of([] {
                join(asked({"1", "2"}), answers({""}), Join::Position, kFiles);
              }),
              HasSubstr("2 answers"));
}

TEST(Join, TheFirstDisagreementIsShown) {
  auto shifted = answers({"1", "2", "3"});
  shifted[1].question = "What is 3?";
  for (const Join by : {Join::Id, Join::Position}) {
    EXPECT_THAT(
        error_of([&] {
          join(asked({"1", "2", "3"}), shifted, by, kFiles);
        }),
        AllOf(HasSubstr("'What is 2?'"), HasSubstr("'What is 3?'"), HasSubstr("answers.jsonl:2")));
  }
}

TEST(Join, AnotherImageIsRefused) {
  std::vector<Asked> questions = {{.id = "1", .image = "COCO_val2014_000000000042.jpg"}};
  auto given = answers({"1"});
  given[0].image = "val/COCO_val2014_000000000042.png";
  EXPECT_EQ(join(questions, given, Join::Id, kFiles).size(), 1u);
  given[0].image = "COCO_val2014_000000000043.jpg";
  EXPECT_THAT(error_of([&] { join(questions, given, Join::Id, kFiles); }), HasSubstr("043.jpg"));
  questions[0].image = "000000000042.jpg";
  given[0].image = "42";
  EXPECT_EQ(join(questions, given, Join::Id, kFiles).size(), 1u);
  given[0].image = "COCO_val2014_000000000042.jpg";
  EXPECT_EQ(join(questions, given, Join::Id, kFiles).size(), 1u);
}

TEST(SameQuestion, ButForWhiteSpaceImageAndTestPrompt) {
  EXPECT_TRUE(is_same_question("<image>\nIs there a cup?", "Is there  a cup?\nAnswer in a word."));
  EXPECT_FALSE(is_same_question("Is there a cup?", "Is there a cap?"));
}

}  // namespace
}  // namespace plumbline::eval
