#include "plumbline/formats/gguf_value.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tests/unit/formats/binary.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;

// The bytes live as long as the test, as a file's would.
class GgufValueTest : public testing::Test {
 protected:
  GgufValue read(GgufKind kind, const std::string& bytes) {
    texts_.push_back(std::make_unique<std::string>(bytes));
    ByteReader in(*texts_.back(), "gguf", "some.gguf");
    const GgufValue value = GgufValue::read(kind, in);
    EXPECT_EQ(in.rest(), 0u);
    return value;
  }
  std::string refusal(GgufKind kind, const std::string& bytes) {
    return error_text<DataError>([&] { read(kind, bytes); });
  }
  static std::string array(GgufKind kind, uint64_t count, const std::string& elements = "") {
    return le(static_cast<uint32_t>(kind)) + le(count) + elements;
  }
  static std::string string(const std::string& text) { return le<uint64_t>(text.size()) + text; }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
};

TEST_F(GgufValueTest, ReadsSingleValues) {
  EXPECT_EQ(read(GgufKind::U8, "\xff").integer(), 255);
  EXPECT_EQ(read(GgufKind::I8, "\xff").integer(), -1);
  EXPECT_EQ(read(GgufKind::U16, le<uint16_t>(65535)).integer(), 65535);
  EXPECT_EQ(read(GgufKind::I16, le<int16_t>(-2)).integer(), -2);
  EXPECT_EQ(read(GgufKind::U32, le(UINT32_MAX)).integer(), UINT32_MAX);
  EXPECT_EQ(read(GgufKind::I32, le(INT32_MIN)).integer(), INT32_MIN);
  EXPECT_EQ(read(GgufKind::U64, le<uint64_t>(INT64_MAX)).integer(), INT64_MAX);
  EXPECT_EQ(read(GgufKind::I64, le(INT64_MIN)).integer(), INT64_MIN);
  EXPECT_EQ(read(GgufKind::F32, le(0.5f)).real(), 0.5);
  EXPECT_EQ(read(GgufKind::F64, le(0.1)).real(), 0.1);
  EXPECT_EQ(read(GgufKind::Bool, "\1").boolean(), true);
  EXPECT_EQ(read(GgufKind::String, string("\xff")).text(), "\xff");
}

TEST_F(GgufValueTest, IsNothingElse) {
  EXPECT_EQ(read(GgufKind::U64, le(UINT64_MAX)).integer(), std::nullopt);
  EXPECT_EQ(read(GgufKind::U8, "1").real(), std::nullopt);
  EXPECT_EQ(read(GgufKind::U8, "\1").boolean(), std::nullopt);
  EXPECT_EQ(read(GgufKind::Bool, "\1").integer(), std::nullopt);
  EXPECT_EQ(read(GgufKind::F32, le(0.5f)).text(), std::nullopt);
  EXPECT_EQ(read(GgufKind::String, string("a")).elements(), std::nullopt);
  EXPECT_EQ(read(GgufKind::String, string("a")).texts(), std::nullopt);
  const GgufValue numbers = read(GgufKind::Array, array(GgufKind::U8, 2, "ab"));
  EXPECT_EQ(numbers.texts(), std::nullopt);
  EXPECT_EQ(numbers.text(), std::nullopt);
}

TEST_F(GgufValueTest, ReadsArraysAndArraysInThem) {
  const GgufValue numbers =
      read(GgufKind::Array, array(GgufKind::I16, 2, le<int16_t>(-1) + le<int16_t>(3)));
  EXPECT_EQ(numbers.kind(), GgufKind::Array);
  EXPECT_EQ(numbers.count(), 2u);
  EXPECT_THAT(numbers.integers().value(), testing::ElementsAre(-1, 3));
  const GgufValue reals = read(GgufKind::Array, array(GgufKind::F32, 1, le(0.25f)));
  EXPECT_THAT(reals.reals().value(), testing::ElementsAre(0.25));
  const GgufValue texts =
      read(GgufKind::Array, array(GgufKind::String, 3, string("a") + string("") + string("bc")));
  EXPECT_THAT(texts.texts().value(), testing::ElementsAre("a", "", "bc"));
  const std::string inner = array(GgufKind::U8, 2, "\1\2");
  const GgufValue nested = read(GgufKind::Array, array(GgufKind::Array, 2, inner + inner));
  ASSERT_EQ(nested.elements()->size(), 2u);
  EXPECT_THAT(nested.elements()->at(1).integers().value(), testing::ElementsAre(1, 2));
}

TEST_F(GgufValueTest, RefusesWhatTheBytesCannotHold) {
  EXPECT_THAT(refusal(GgufKind::U32, "abc"), HasSubstr("expected 4 more bytes, got 3"));
  EXPECT_THAT(refusal(GgufKind::Bool, "\2"), HasSubstr("a truth value of 0 or 1"));
  EXPECT_THAT(refusal(GgufKind::String, le(UINT64_MAX)), HasSubstr("got 0"));
  for (const uint64_t count : {uint64_t{1} << 63, UINT64_MAX, uint64_t{4}}) {
    EXPECT_THAT(refusal(GgufKind::Array, array(GgufKind::U8, count, "abc")),
                HasSubstr("at most 3 elements"));
    EXPECT_THAT(refusal(GgufKind::Array, array(GgufKind::F64, count, "abc")),
                HasSubstr("at most 0 elements"));
  }
  EXPECT_THAT(refusal(GgufKind::Array, array(static_cast<GgufKind>(13), 0)),
              HasSubstr("a type of value from 0 to 12"));
  EXPECT_THAT(refusal(GgufKind::Array, array(GgufKind::Bool, 2, "\1\2")),
              HasSubstr("a truth value"));
  std::string deep = array(GgufKind::U8, 0);
  for (int i = 0; i < 4; ++i) deep = array(GgufKind::Array, 1, deep);
  EXPECT_THAT(refusal(GgufKind::Array, deep), HasSubstr("expected 4 arrays, got deeper nesting"));
}

}  // namespace
}  // namespace plumbline::formats
