#include "plumbline/formats/inflate.h"

#include <gtest/gtest.h>

namespace plumbline::formats {
namespace {

const std::string kText = "again and again and again";
const std::string kPacked("\113\114\117\314\314\123\110\314\113\121\110\104\145\001\000", 15);

TEST(Inflate, GivesExactlyTheStatedBytes) {
  EXPECT_EQ(inflated(kPacked, kText.size()), kText);
  EXPECT_EQ(inflated(std::string("\003\000", 2), 0), "");
  for (const uint64_t size : {uint64_t{0}, uint64_t{24}, uint64_t{26}, uint64_t{2'000'000'000}}) {
    EXPECT_FALSE(inflated(kPacked, size)) << size;
  }
}

TEST(Inflate, RefusesBrokenBytes) {
  EXPECT_FALSE(inflated("", 1));
  EXPECT_FALSE(inflated(kPacked.substr(0, kPacked.size() - 2), kText.size()));
  EXPECT_FALSE(inflated(kPacked + "x", kText.size()));
  EXPECT_FALSE(inflated("\377\377\377", 3));
}

TEST(Inflate, Checksums) {
  EXPECT_EQ(crc32_of("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32_of(""), 0u);
}

}  // namespace
}  // namespace plumbline::formats
