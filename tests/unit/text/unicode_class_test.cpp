#include "plumbline/text/unicode_class.h"

#include <gtest/gtest.h>

namespace plumbline::text {
namespace {

TEST(UnicodeClass, Blanks) {
  for (const char32_t code : {0x09, 0x0A, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2003, 0x2028, 0x3000}) {
    EXPECT_TRUE(is_space(code)) << std::hex << static_cast<uint32_t>(code);
  }
  for (const char32_t code : {0x08, 0x1C, 0x180E, 0x200B, 0xFEFF, 0x61}) {
    EXPECT_FALSE(is_space(code)) << std::hex << static_cast<uint32_t>(code);
  }
}

TEST(UnicodeClass, Words) {
  for (const char32_t code :
       {0x61, 0x5F, 0x39, 0xE9, 0x301, 0x4E2D, 0x2160, 0x200D, 0x24B6, 0x203F}) {
    EXPECT_TRUE(is_word(code)) << std::hex << static_cast<uint32_t>(code);
  }
  for (const char32_t code : {0x20, 0x2D, 0xB2, 0x2014, 0x1F600}) {
    EXPECT_FALSE(is_word(code)) << std::hex << static_cast<uint32_t>(code);
  }
}

TEST(UnicodeClass, Digits) {
  for (const char32_t code : {0x30, 0x39, 0x663, 0x96A, 0xFF11, 0x1D7CE}) {
    EXPECT_TRUE(is_digit(code)) << std::hex << static_cast<uint32_t>(code);
  }
  for (const char32_t code : {0x2F, 0x3A, 0x61, 0xB2, 0xBD, 0x2167}) {
    EXPECT_FALSE(is_digit(code)) << std::hex << static_cast<uint32_t>(code);
  }
}

}  // namespace
}  // namespace plumbline::text
