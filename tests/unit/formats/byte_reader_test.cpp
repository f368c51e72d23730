#include "plumbline/formats/byte_reader.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;

TEST(ByteReader, ReadsNumbersAtAnyAlignment) {
  const std::string bytes("\x01\x02\x01\x00\x00\x80\x3f\xfe", 8);
  ByteReader in(bytes, "test", "f");
  EXPECT_EQ(in.number<uint8_t>(), 1);
  EXPECT_EQ(in.number<uint16_t>(), 0x0102);
  in.seek(3);
  EXPECT_EQ(in.number<float>(), 1.0f);
  EXPECT_EQ(in.number<int8_t>(), -2);
  EXPECT_EQ(in.rest(), 0u);
  EXPECT_EQ(in.take(0), "");
}

TEST(ByteReader, NeverReadsPastTheEnd) {
  ByteReader in("abc", "test", "some.file");
  EXPECT_EQ(in.take(2), "ab");
  EXPECT_THAT(error_text<DataError>([&] { in.number<uint64_t>(); }),
              HasSubstr("[test] reading byte 2: expected 8 more bytes, got 1 (some.file)"));
  EXPECT_THROW(in.take(UINT64_MAX), DataError);
  EXPECT_THROW(in.seek(4), DataError);
  EXPECT_EQ(in.take(1), "c");
}

}  // namespace
}  // namespace plumbline::formats
