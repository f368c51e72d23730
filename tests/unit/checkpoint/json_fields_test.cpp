#include "plumbline/checkpoint/json_fields.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;
using JsonFieldsFile = Scratch;

JsonFields fields() {
  return {{{"n", 3}, {"x", 0.5}, {"b", true}, {"t", "s"}, {"none", nullptr}, {"o", {{"n", "?"}}}},
          "f.json"};
}

TEST(JsonFields, ReadsValuesAndFallbacks) {
  EXPECT_EQ(fields().integer("n", 7), 3);
  EXPECT_EQ(fields().number("n", 7), 3.0);
  EXPECT_EQ(fields().number("x", 7), 0.5);
  EXPECT_TRUE(fields().flag("b", false));
  EXPECT_EQ(fields().text("t", ""), "s");
  for (const char* name : {"none", "absent"}) {
    EXPECT_FALSE(fields().has(name));
    EXPECT_EQ(fields().integer(name, 7), 7);
    EXPECT_EQ(fields().text(name, "d"), "d");
    EXPECT_EQ(fields().object(name).number("x", 1.5), 1.5);
    fields().require_text(name, "anything");
    fields().require_flag(name, true);
  }
}

TEST(JsonFields, ErrorsNameFileFieldAndValue) {
  const auto text = [](auto act) { return error_text<CheckpointError>(act); };
  EXPECT_THAT(text([] { fields().integer("x", 0); }),
              testing::AllOf(HasSubstr("f.json"), HasSubstr("'x'"),
                             HasSubstr("expected a whole number, got 0.5")));
  EXPECT_THAT(text([] { fields().object("o").integer("n", 0); }), HasSubstr("'o.n'"));
  EXPECT_THAT(text([] { fields().object("n"); }), HasSubstr("expected a JSON object, got number"));
  EXPECT_THAT(text([] { fields().flag("n", true); }), HasSubstr("true or false"));
  EXPECT_THAT(text([] { fields().text("n", ""); }), HasSubstr("a text"));
  EXPECT_THAT(text([] { fields().number("t", 0); }), HasSubstr("a number"));
  EXPECT_THAT(text([] { fields().require_text("t", "u"); }),
              HasSubstr("expected \"u\", got \"s\""));
  EXPECT_THAT(text([] { fields().require_flag("b", false); }),
              HasSubstr("expected false, got true"));
}

TEST_F(JsonFieldsFile, ReadsFiles) {
  write_file(path("a.json"), "{\"n\": 5}");
  EXPECT_EQ(JsonFields::read(path("a.json")).integer("n", 0), 5);
  write_file(path("b.json"), "{\"n\": ");
  EXPECT_THAT(error_text<CheckpointError>([&] { JsonFields::read(path("b.json")); }),
              HasSubstr("b.json"));
  write_file(path("c.json"), "[]");
  EXPECT_THROW(JsonFields::read(path("c.json")), CheckpointError);
  EXPECT_THROW(JsonFields::read(path("absent.json")), IoError);
}

}  // namespace
}  // namespace plumbline::checkpoint
