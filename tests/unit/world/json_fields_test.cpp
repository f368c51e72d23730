#include "plumbline/world/json_fields.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline::world {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const json kRecord = {{"name", "red"}, {"count", 3}, {"none", ""}};
const std::vector<std::string> kNames = {"blue", "red"};

template <class F>
std::string error_of(F read) {
  try {
    read();
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(JsonFields, ReadWhatIsThere) {
  EXPECT_EQ(text_field(kRecord, "name", "f:1"), "red");
  EXPECT_EQ(int_field(kRecord, "count", 0, 3, "f:1"), 3);
  EXPECT_EQ(name_field(kRecord, "name", kNames, false, "f:1"), 1);
  EXPECT_EQ(name_field(kRecord, "none", kNames, true, "f:1"), -1);
}

TEST(JsonFields, NameFieldAndPlaceOfEveryFault) {
  EXPECT_THAT(error_of([] { field(kRecord, "gone", "f:7"); }),
              testing::AllOf(HasSubstr("\"gone\""), HasSubstr("f:7")));
  EXPECT_THAT(error_of([] { field(json::array(), "x", "f:7"); }), HasSubstr("array"));
  EXPECT_THAT(error_of([] { text_field(kRecord, "count", "f:7"); }), HasSubstr("to be text"));
  EXPECT_THAT(error_of([] { int_field(kRecord, "count", 0, 2, "f:7"); }), HasSubstr("from 0 to 2"));
  EXPECT_THAT(error_of([] { int_field(kRecord, "name", 0, 2, "f:7"); }), HasSubstr("from 0 to 2"));
  EXPECT_THAT(error_of([] { name_field(kRecord, "none", kNames, false, "f:7"); }),
              HasSubstr("blue, red"));
}

}  // namespace
}  // namespace plumbline::world
