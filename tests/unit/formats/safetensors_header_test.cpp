#include "plumbline/formats/safetensors_header.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;

TEST(SafetensorsHeader, ReadsEntriesAndMetadata) {
  const Header header =
      parse_header(R"({"__metadata__":{"format":"pt"},)"
                   R"("b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                   R"("none":{"dtype":"I64","shape":[3,0],"data_offsets":[8,8]},)"
                   R"("a":{"data_offsets":[8,10],"shape":[],"dtype":"BF16"}}    )",
                   10, "f");
  EXPECT_EQ(header.metadata, (Metadata{{"format", "pt"}}));
  ASSERT_EQ(header.entries.size(), 3u);
  EXPECT_EQ(header.entries.at("b").shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(header.entries.at("a").dtype, Dtype::BF16);
  EXPECT_TRUE(header.entries.at("a").shape.empty());
  EXPECT_EQ(header.entries.at("a").begin, 8u);
  EXPECT_EQ(header.entries.at("none").end, 8u);
}

TEST(SafetensorsHeader, AnEmptyHeaderNeedsAnEmptyBuffer) {
  EXPECT_TRUE(parse_header("{}", 0, "f").entries.empty());
  EXPECT_THROW(parse_header("{}", 1, "f"), DataError);
}

struct Refusal {
  std::string header;
  uint64_t buffer_size;
  std::string reason;
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, NamesFileAndReason) {
  const std::string text = error_text<DataError>(
      [&] { parse_header(GetParam().header, GetParam().buffer_size, "some.safetensors"); });
  EXPECT_THAT(text, HasSubstr("some.safetensors"));
  EXPECT_THAT(text, HasSubstr(GetParam().reason)) << GetParam().header;
}

// One F32 entry "a" with these parts.
std::string entry(const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}
std::string two(const std::string& first, const std::string& second) {
  return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
         R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}";
}

INSTANTIATE_TEST_SUITE_P(
    SafetensorsHeader, Refused,
    testing::Values(
        Refusal{"", 0, "does not start with '{'"}, Refusal{" {}", 0, "does not start with '{'"},
        Refusal{"{", 0, "broken JSON at byte"}, Refusal{"{}x", 0, "broken JSON at byte"},
        Refusal{"{\"\xff\":{}}", 0, "broken JSON at byte"},
        Refusal{R"({"a":1})", 0, "a number as the value of 'a'"},
        Refusal{R"({"a":null})", 0, "null as the value of 'a'"},
        Refusal{R"({"a":[]})", 0, "a list as the value of 'a'"},
        Refusal{R"({"a":{}})", 0, "'a' has not just dtype, shape and data_offsets"},
        Refusal{R"({"a":{"dtype":{}}})", 0, "an object in 'dtype' of 'a'"},
        Refusal{R"({"a":{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}})", 1,
                "dtype F8_E4M3, which is not supported"},
        Refusal{R"({"a":{"dtype":"U8","dtype":"U8"}})", 0, "key 'dtype' of 'a' appears twice"},
        Refusal{R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":"y"}})", 0,
                "a string in 'x' of 'a'"},
        Refusal{R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                0, "key 'a' appears twice"},
        Refusal{R"({"__metadata__":{"k":"v","k":"w"}})", 0, "key 'k' of '__metadata__'"},
        Refusal{R"({"__metadata__":{"k":1}})", 0, "a number in 'k' of '__metadata__'"},
        Refusal{entry("[-1]", "[0,4]"), 4, "-1 in 'shape' of 'a'"},
        Refusal{entry("[1.0]", "[0,4]"), 4, "1.0 in 'shape' of 'a'"},
        Refusal{entry("[[1]]", "[0,4]"), 4, "a list in 'shape' of 'a'"},
        Refusal{entry("[{}]", "[0,4]"), 4, "an object in a list of 'a'"},
        Refusal{entry("[18446744073709551615]", "[0,4]"), 4, "a dimension of 18446744073709551615"},
        Refusal{entry("[4294967296,4294967296,0]", "[0,0]"), 0, "the shape of 'a' overflows"},
        Refusal{entry("[1]", "[0]"), 4, "1 data_offsets instead of 2"},
        Refusal{entry("[1]", "[4,0]"), 4, "'a' ends at 0, before its begin 4"},
        Refusal{entry("[2]", "[0,4]"), 4, "'a' has 4 bytes, but its shape needs 8"},
        Refusal{entry("[1]", "[0,4]"), 5, "the arrays need 4 bytes, but the buffer has 5"},
        Refusal{entry("[1]", "[0,4]"), 3, "the arrays need 4 bytes, but the buffer has 3"},
        Refusal{two("[0,4]", "[5,9]"), 9, "a hole at byte 4"},
        Refusal{two("[0,4]", "[3,7]"), 7, "an overlap at byte 3"},
        Refusal{two("[0,4]", "[0,4]"), 4, "an overlap at byte 0"}));

}  // namespace
}  // namespace plumbline::formats
