#include "plumbline/text/stream_decoder.h"

#include <gtest/gtest.h>

#include "plumbline/text/utf8.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

TEST(StreamDecoder, GivesWholeCharactersAndTheSameTextInAll) {
  const auto tokenizer = tiny_tokenizer();
  TokenIds ids = tokenizer.encode("caf\xC3\xA9 \xF0\x9F\x98\x80 ok\xE4\xBD");
  ids.insert(ids.begin() + 2, 1);  // </s>
  ids.push_back(99999);
  StreamDecoder stream(tokenizer);
  std::string all;
  for (const int64_t id : ids) {
    const std::string part = stream.push(id);
    EXPECT_TRUE(is_valid_utf8(part));
    all += part;
  }
  all += stream.finish();
  EXPECT_EQ(all, tokenizer.decode(ids));
}

TEST(StreamDecoder, SpecialTokensOnlyWhenAsked) {
  const auto tokenizer = tiny_tokenizer();
  EXPECT_EQ(StreamDecoder(tokenizer).push(1), "");
  EXPECT_EQ(StreamDecoder(tokenizer, true).push(1), "</s>");
}

}  // namespace
}  // namespace plumbline::text
