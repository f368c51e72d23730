#include "plumbline/data/record_file.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using config::BadRecords;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class RecordFile : public support::Scratch {
 protected:
  std::vector<int> read(const std::string& text, BadRecords bad = BadRecords::Refuse) {
    write_file(folder_ / "data.jsonl", text);
    return read_all<int>(
        path("data.jsonl"), "reading numbers", "",
        [](const nlohmann::json& value, const std::string& where, RecordChecks& checks) {
          if (value.is_string()) throw std::invalid_argument("a number");
          if (value == 13) checks.answer(where, "thirteen", "");
          return value.get<int>();
        },
        bad);
  }
};

TEST_F(RecordFile, TakesSoundRecordsInOrder) {
  EXPECT_THAT(read("1\n2\n"), ElementsAre(1, 2));
  EXPECT_THAT(read("[3, 4]"), ElementsAre(3, 4));
}

TEST_F(RecordFile, TellsAllProblemsTogether) {
  try {
    read("1\n\"x\"\n13\n[]\n");
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(
        std::string(e.what()),
        AllOf(HasSubstr("3 problems"), HasSubstr("data.jsonl:2: expected a number"),
              HasSubstr("data.jsonl:3: expected text in \"thirteen\""), HasSubstr("data.jsonl:4")));
  }
}

TEST_F(RecordFile, LeavesBadRecordsOutWhereAsked) {
  EXPECT_THAT(read("1\n\"x\"\n13\n2\n", BadRecords::Skip), ElementsAre(1, 2));
  EXPECT_THROW(read("\"x\"\n13\n", BadRecords::Skip), DataError);
  EXPECT_THROW(read(""), DataError);
}

TEST_F(RecordFile, WritesOneRecordALine) {
  write_array(path("out.json"), {1, {{"a", "\xff"}}});
  EXPECT_EQ(read_file(folder_ / "out.json"), "[\n1,\n{\"a\":\"\xEF\xBF\xBD\"}\n]\n");
  write_array(path("out.json"), {});
  EXPECT_EQ(read_file(folder_ / "out.json"), "[\n]\n");
}

}  // namespace
}  // namespace plumbline::data
