#include "plumbline/text/byte_level.h"

#include <gtest/gtest.h>

#include <set>

namespace plumbline::text {
namespace {

TEST(ByteSymbols, AreGpt2s) {
  EXPECT_EQ(byte_symbols()['A'], "A");
  EXPECT_EQ(byte_symbols()[' '], "\xC4\xA0");   // U+0120
  EXPECT_EQ(byte_symbols()['\n'], "\xC4\x8A");  // U+010A
  EXPECT_EQ(byte_symbols()[0xAD], "\xC5\x83");  // U+0143, the last one moved
  EXPECT_EQ(byte_symbols()[0xFF], "\xC3\xBF");
}

TEST(ByteSymbols, DifferAndTranslateBack) {
  std::set<std::string> seen;
  for (size_t byte = 0; byte < 256; ++byte) {
    EXPECT_TRUE(seen.insert(byte_symbols()[byte]).second);
    EXPECT_EQ(bytes_of_symbols(byte_symbols()[byte]), std::string(1, static_cast<char>(byte)));
  }
}

TEST(BytesOfSymbols, RefusesOtherCharacters) {
  EXPECT_EQ(bytes_of_symbols("a b"), std::nullopt);
  EXPECT_EQ(bytes_of_symbols("\xE4\xBD\xA0"), std::nullopt);
  EXPECT_EQ(bytes_of_symbols(""), "");
}

}  // namespace
}  // namespace plumbline::text
