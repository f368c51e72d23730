#include "plumbline/text/tokenizer_builder.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

TEST(TokenizerBuilder, FallbackBytes) {
  EXPECT_EQ(fallback_byte("<0x0A>"), 10);
  EXPECT_EQ(fallback_byte("<0xFF>"), 255);
  for (const char* other : {"<0x0a>", "<0x0G>", "0x0A", "<0x0A>>", ""})
    EXPECT_EQ(fallback_byte(other), -1);
}

TEST(TokenizerBuilder, OneIdPerToken) {
  TokenizerBuilder builder("x.json");
  builder.add(0, "a", {"a"});
  builder.add(2, "<s>", {"<s>"});
  builder.add(2, "<s>", {"<s>"}, /*is_special=*/true);  // said again
  EXPECT_THROW(builder.add(0, "b", {"b"}), DataError);
  EXPECT_THROW(builder.add(1, "a", {"a"}), DataError);
  EXPECT_THROW(builder.add(-1, "c", {"c"}), DataError);
  EXPECT_THROW(builder.add(int64_t{1} << 40, "c", {"c"}), DataError);
  EXPECT_EQ(builder.ordinary().size(), 1u);
  const auto data = builder.finish({{.id = 2, .content = "<s>", .is_special = true}});
  EXPECT_EQ(data->tokens.size(), 3u);
  EXPECT_FALSE(data->tokens[1].is_used);
  EXPECT_EQ(data->raw_added.split("<s>", true).size(), 1u);
}

}  // namespace
}  // namespace plumbline::text
