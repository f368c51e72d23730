#include "plumbline/benchmarks/mmbench_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kHeader = "index\tquestion\thint\tA\tB\tC\tanswer\tcategory\n";

class MmbenchFiles : public testing::Test {
 protected:
  std::vector<MmbenchRow> read(const std::string& rows) {
    return read_mmbench(files_.write("q.tsv", kHeader + rows));
  }
  bool check(const std::string& rows) { return check_mmbench(read(rows), files_.path("q.tsv")); }

  eval::EvalFiles files_;
};

TEST_F(MmbenchFiles, RowsWithTheirOptions) {
  const auto rows =
      read("7\tWhich?\tnan\tcat\tdog\t\tB\tx\n1000007.0\tWhich?\tA hint\tdog\tcat\tNone\tA\tx\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].hint, "");
  EXPECT_EQ(rows[0].options.size(), 2u);
  EXPECT_EQ(rows[0].answer, 'B');
  EXPECT_FALSE(rows[0].is_rotated());
  EXPECT_EQ(rows[1].index, 1000007);
  EXPECT_EQ(rows[1].base(), 7);
  EXPECT_EQ(rows[1].options.size(), 2u);  // "None" is no value to pandas
  EXPECT_EQ(rows[1].num_filled, 3u);
}

TEST_F(MmbenchFiles, BadRowsAreRefused) {
  for (const auto& [row, problem] :
       std::vector<std::pair<std::string, std::string>>{{"x\tq\t\ta\tb\t\tA\tx\n", "whole number"},
                                                        {"-1\tq\t\ta\tb\t\tA\tx\n", "whole number"},
                                                        {"1\t\t\ta\tb\t\tA\tx\n", "a question"},
                                                        {"1\tq\t\t\t\t\t\tx\n", "options"},
                                                        {"1\tq\t\ta\tb\t\tC\tx\n", "'C'"},
                                                        {"1\tq\t\ta\tb\t\tcat\tx\n", "'cat'"},
                                                        {"1\tq\t\ta\tb\t\tA\n", "8 cells"}}) {
    EXPECT_THAT(eval::error_of([&, text = row] { read(text); }),
                AllOf(HasSubstr(problem), HasSubstr("q.tsv:2")))
        << row;
  }
  EXPECT_THAT(eval::error_of([&] { read("1\tq\t\ta\tb\t\tA\tx\n1\tq\t\ta\tb\t\tA\tx\n"); }),
              AllOf(HasSubstr("1 twice"), HasSubstr("q.tsv:3")));
  EXPECT_THAT(eval::error_of([&] { read(""); }), HasSubstr("questions"));
}

TEST_F(MmbenchFiles, RotationsMustBeThere) {
  EXPECT_FALSE(check("1\tq\t\ta\tb\t\tA\tx\n2\tq\t\ta\tb\t\tB\tx\n"));
  EXPECT_TRUE(check("1\tq\t\ta\tb\t\tA\tx\n1000001\tq\t\tb\ta\t\tB\tx\n"));
  EXPECT_THAT(eval::error_of([&] {
                check("1\tq\t\ta\tb\t\tA\tx\n1000001\tq\t\tb\ta\t\tB\tx\n2\tq\t\ta\tb\t\tB\tx\n");
              }),
              HasSubstr("no row 1000002"));
  EXPECT_THAT(
      eval::error_of([&] { check("1\tq\t\ta\tb\tc\tA\tx\n2000001\tq\t\tb\tc\ta\tC\tx\n"); }),
      HasSubstr("no row 1000001"));
  EXPECT_THAT(
      eval::error_of([&] {
        check("1\tq\t\ta\tb\t\tA\tx\n1000001\tq\t\tb\ta\t\tB\tx\n2000001\tq\t\ta\tb\t\tA\tx\n");
      }),
      HasSubstr("2 rotations of question 1"));
}

TEST_F(MmbenchFiles, TestLabelsAreNotPublic) {
  EXPECT_THAT(eval::error_of([&] { check("1\tq\t\ta\tb\t\t\tx\n"); }), HasSubstr("not public"));
  const auto path = files_.write("t.tsv", "index\tquestion\tA\tB\n1\tq\ta\tb\n");
  EXPECT_THAT(eval::error_of([&] { check_mmbench(read_mmbench(path), path); }),
              HasSubstr("not public"));
}

TEST_F(MmbenchFiles, AnswersOfTablesAndRecords) {
  // A table's "answer" is the truth.
  const auto table = read_mmbench_answers(
      files_.write("a.csv", "index,question,answer,prediction\n1,q,A,B\n2.0,q,A,\n"));
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].text, "B");
  EXPECT_EQ(table[1].id, "2");
  EXPECT_TRUE(table[1].is_null);
  const auto records = read_mmbench_answers(files_.write(
      "a.jsonl",
      "{\"question_id\":1,\"prompt\":\"q\",\"text\":\"C\",\"options\":[\"a\"],\"metadata\":{}}\n"
      "{\"question_id\":\"2\",\"text\":null}\n"));
  EXPECT_EQ(records[0].text, "C");
  EXPECT_EQ(records[0].question, "q");
  EXPECT_TRUE(records[1].is_null);
  EXPECT_THAT(
      eval::error_of([&] { read_mmbench_answers(files_.write("b.csv", "index,answer\n1,A\n")); }),
      AllOf(HasSubstr("'prediction'"), HasSubstr("b.csv:2")));
  EXPECT_THAT(
      eval::error_of([&] { read_mmbench_answers(files_.write("c.csv", "index,prediction\n")); }),
      HasSubstr("answers"));
}

}  // namespace
}  // namespace plumbline::benchmarks
