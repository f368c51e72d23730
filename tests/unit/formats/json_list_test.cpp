#include "plumbline/formats/json_list.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using nlohmann::json;
using support::error_text;
using support::Scratch;
using testing::HasSubstr;

class JsonList : public Scratch {
 protected:
  json read(const std::string& bytes, const std::vector<std::string>& left_out = {}) {
    write_file(path("l.json"), bytes);
    values_.clear();
    places_.clear();
    return for_each_in_list(
        path("l.json"), "annotations",
        [&](Record&& record) {
          values_.push_back(std::move(record.value));
          places_.push_back(record.where);
        },
        left_out);
  }
  std::string refusal(const std::string& bytes) {
    return error_text<DataError>([&] { read(bytes); });
  }

  std::vector<json> values_;
  std::vector<std::string> places_;
};

TEST_F(JsonList, VisitsTheListAndReturnsWhatStandsBeside) {
  const json rest = read(
      "\xEF\xBB\xBF{\"info\":{\"annotations\":[1]},\"year\":2014,\"images\":[{\"a\":1}],\n"
      "\"annotations\":[{\"a\":{\"b\":[1,[2]]}},7,[],\"x\"],\"split\":\"val\",\"none\":null}");
  EXPECT_EQ(rest, json::parse(R"({"year":2014,"split":"val","none":null})"));
  EXPECT_EQ(json(values_), json::parse(R"([{"a":{"b":[1,[2]]}},7,[],"x"])"));
  EXPECT_EQ(places_.at(1), path("l.json") + ", annotations record 2");
}

TEST_F(JsonList, DropsMembersAtAnyDepthOfRecords) {
  read(R"({"annotations":[{"a":1,"big":{"a":[1,{"big":2}]},"list":[{"big":1,"b":2}]}]})", {"big"});
  EXPECT_EQ(json(values_), json::parse(R"([{"a":1,"list":[{"b":2}]}])"));
}

TEST_F(JsonList, AnEmptyListIsAList) {
  EXPECT_EQ(read(R"({"annotations":[]})"), json::object());
  EXPECT_TRUE(values_.empty());
}

TEST_F(JsonList, RefusesOtherFiles) {
  EXPECT_THAT(refusal(R"({"questions":[1]})"), HasSubstr("with the list 'annotations', got none"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("an object with the list 'annotations'"));
  EXPECT_THAT(refusal("3"), HasSubstr("an object with the list 'annotations'"));
  EXPECT_THAT(refusal(R"({"annotations":{"a":1}})"), HasSubstr("a list as 'annotations'"));
  EXPECT_THAT(refusal(R"({"annotations":"a"})"), HasSubstr("a list as 'annotations'"));
}

TEST_F(JsonList, BrokenTextNamesTheLine) {
  EXPECT_THAT(refusal("{\"annotations\":\n[1,\n2"), HasSubstr("ends too early"));
  EXPECT_THAT(refusal("{\"annotations\":\n[1,\n}, 2, 3]}"), HasSubstr("l.json:3"));
  EXPECT_THAT(refusal("{\"annotations\":[\"\xC3(\"]} "), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("\xFF\xFE{"), HasSubstr("UTF-16"));
  EXPECT_THAT(refusal(""), HasSubstr("ends too early"));
  EXPECT_THAT(refusal("{\"annotations\":[" + std::string(100, '[')), HasSubstr("64 nested"));
}

TEST_F(JsonList, NumbersTooLargeAreRefused) { EXPECT_NE(refusal("{\"annotations\":[1e999]}"), ""); }

}  // namespace
}  // namespace plumbline::formats
