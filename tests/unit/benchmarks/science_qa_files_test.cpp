#include "plumbline/benchmarks/science_qa_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/benchmarks/science_qa.h"
#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class ScienceFiles : public testing::Test {
 protected:
  std::vector<ScienceProblem> read(const std::string& problems, const std::string& splits = "",
                                   const std::vector<std::string>& variants = {}) {
    std::map<std::string, std::string> paths = {{"questions", files_.write("p.json", problems)}};
    if (!splits.empty()) paths["splits"] = files_.write("s.json", splits);
    return read_science_problems(request_of(science_qa(), paths, variants));
  }

  eval::EvalFiles files_;
};

constexpr const char* kTwo =
    "{\"3\":{\"question\":\"q\",\"choices\":[\"a\",\"b\"],\"answer\":1,\"image\":null,\"hint\":"
    "\"\","
    "\"grade\":\"grade2\",\"split\":\"test\"},"
    "\"12\":{\"question\":\"r\",\"choices\":[\"a\"],\"answer\":0,\"image\":\"image.png\","
    "\"split\":\"val\"}}";

TEST_F(ScienceFiles, ProblemsInTheOrderOfTheSplit) {
  const auto problems = read(kTwo, "{\"test\":[12,\"3\"],\"val\":[]}");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].id, "12");
  EXPECT_EQ(problems[0].image, "image.png");
  EXPECT_FALSE(problems[0].has_hint_field);
  EXPECT_EQ(problems[1].answer, 1u);
  EXPECT_EQ(problems[1].image, "");
  EXPECT_EQ(read(kTwo)[0].id, "3");  // by their own field
  EXPECT_EQ(read(kTwo, "", {"split=val"})[0].id, "12");
}

TEST_F(ScienceFiles, BadFilesAreRefused) {
  EXPECT_THAT(eval::error_of([&] { read("[1]"); }), HasSubstr("p.json"));
  EXPECT_THAT(eval::error_of([&] { read("{\"3\":"); }), HasSubstr("cut"));
  EXPECT_THAT(eval::error_of([&] { read(kTwo, "{\"val\":[3]}"); }), HasSubstr("a split 'test'"));
  EXPECT_THAT(eval::error_of([&] { read(kTwo, "{\"test\":[]}"); }), HasSubstr("none"));
  EXPECT_THAT(eval::error_of([&] { read(kTwo, "{\"test\":[3,4]}"); }), HasSubstr("no problem 4"));
  EXPECT_THAT(eval::error_of([&] { read(kTwo, "{\"test\":[3,\"3\"]}"); }), HasSubstr("twice: 3"));
  EXPECT_THAT(eval::error_of([&] { read(kTwo, "", {"split=train"}); }), HasSubstr("splits=FILE"));
  for (const char* answer : {"2", "-1", "\"B\"", "null", "1.5"}) {
    EXPECT_THAT(eval::error_of([&] {
                  read(
                      "{\"3\":{\"question\":\"q\",\"choices\":[\"a\",\"b\"],\"split\":\"test\","
                      "\"answer\":" +
                      std::string(answer) + "}}");
                }),
                testing::AllOf(HasSubstr("from 0 to 1"), HasSubstr("problem 3")));
  }
  EXPECT_THAT(eval::error_of(
                  [&] { read("{\"3\":{\"question\":\"q\",\"choices\":[],\"split\":\"test\"}}"); }),
              HasSubstr("1 to 5 choices"));
}

TEST_F(ScienceFiles, AnswersAsRecordsOrAsAResult) {
  const auto result = read_science_answers(
      files_.write("r.json", "{\"acc\":1,\n\"outputs\":{\"3\":\"A\",\"12\":null}}"));
  ASSERT_EQ(result.size(), 2u);
  EXPECT_TRUE(result[0].is_null);
  EXPECT_EQ(result[1].text, "A");
  const auto records =
      read_science_answers(files_.write("a.jsonl", "{\"question_id\":\"3\",\"text\":\"B\"}\n"));
  EXPECT_EQ(records[0].text, "B");
  EXPECT_THAT(
      eval::error_of([&] { read_science_answers(files_.write("b.json", "{\"outputs\":[]}")); }),
      HasSubstr("by id"));
}

}  // namespace
}  // namespace plumbline::benchmarks
