#include "plumbline/formats/json_lines.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;

class JsonLines : public Scratch {
 protected:
  std::vector<Record> read(const std::string& bytes) {
    write_file(path("r.json"), bytes);
    return read_records(path("r.json"));
  }
  std::string refusal(const std::string& bytes) {
    return error_text<DataError>([&] { read(bytes); });
  }
};

TEST_F(JsonLines, ReadsLinesAndArraysAlike) {
  const std::vector<Record> lines = read("\xEF\xBB\xBF{\"a\":1}\r\n\n  \n{\"a\":2}");
  const std::vector<Record> array = read("\n [{\"a\":1},\n{\"a\":2}]\n");
  ASSERT_EQ(lines.size(), 2u);
  ASSERT_EQ(array.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(lines[i].value["a"], i + 1);
    EXPECT_EQ(array[i].value["a"], i + 1);
  }
  EXPECT_EQ(lines[1].where, path("r.json") + ":4");
  EXPECT_EQ(array[1].where, path("r.json") + ", record 2");
}

TEST_F(JsonLines, EmptyFilesHoldNoRecords) {
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read(" \n\n").empty());
  EXPECT_TRUE(read("[]").empty());
}

TEST_F(JsonLines, ErrorsNameTheLine) {
  EXPECT_THAT(refusal("{\"a\":1}\n\n{\"a\":}\n{}"), HasSubstr("r.json:3"));
  EXPECT_THAT(refusal("[{\"a\":1},\n{\"a\":]"), HasSubstr("r.json:2"));
  EXPECT_THAT(refusal("{\n  \"a\": 1\n}\n"), HasSubstr("r.json:1"));
  EXPECT_THAT(refusal("{\n  \"a\": 1\n}\n"), HasSubstr("one JSON value per line"));
  EXPECT_THAT(refusal("[1,\n2,\n"), HasSubstr("ends too early"));
  EXPECT_THAT(refusal("{\"a\":1} {\"a\":2}"), HasSubstr("r.json:1"));
  EXPECT_THROW(read_records(path("absent")), IoError);
}

TEST_F(JsonLines, BrokenLinesCanBePassedOver) {
  std::vector<std::string> broken;
  const auto note = [&](const std::string& where, const std::string& problem) {
    broken.push_back(where + " " + problem);
  };
  write_file(path("r"), "{\"a\":1}\n{\"a\":}\n3\n{");
  const std::vector<Record> records = read_records(path("r"), note);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].value, 3);
  EXPECT_EQ(records[1].where, path("r") + ":3");
  ASSERT_EQ(broken.size(), 2u);
  EXPECT_THAT(broken[0], HasSubstr(path("r") + ":2 "));
  EXPECT_THAT(broken[1], HasSubstr("ends too early"));

  write_file(path("r"), "[1, 2,");
  EXPECT_TRUE(read_records(path("r"), note).empty());
  EXPECT_EQ(broken.size(), 3u);
  EXPECT_THROW(read_records(path("absent"), note), IoError);
}

TEST_F(JsonLines, TheFirstIsTheFirstThatCanBeRead) {
  write_file(path("r"), "{\n\n{\"a\":1}\n{\"a\":2}");
  const auto first = first_record(path("r"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->value["a"], 1);
  EXPECT_EQ(first->where, path("r") + ":3");
  write_file(path("r"), "[7, 8]");
  EXPECT_EQ(first_record(path("r"))->value, 7);
  write_file(path("r"), "[7, 8");
  EXPECT_FALSE(first_record(path("r")));
  EXPECT_THROW(first_record(path("absent")), IoError);
}

TEST_F(JsonLines, WritesWhatItReads) {
  const std::vector<nlohmann::json> values = {{{"text", "a\nb \xc3\xa4"}}, 3, nullptr};
  write_records(path("w"), values);
  const std::vector<Record> back = read_records(path("w"));
  ASSERT_EQ(back.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(back[i].value, values[i]);
}

TEST_F(JsonLines, BrokenUtf8DoesNotStopWriting) {
  write_records(path("w"), {"caf\xc3"});
  EXPECT_EQ(read_records(path("w")).at(0).value, "caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace plumbline::formats
