#include "plumbline/base/content_hash.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

std::string hash_of(std::initializer_list<std::string_view> parts) {
  ContentHash hash;
  for (const auto part : parts) hash.add(part);
  return hash.hex();
}

TEST(ContentHash, NamesContentsAndWhereTheyAreDivided) {
  EXPECT_EQ(hash_of({"ab", "c"}), hash_of({"ab", "c"}));
  EXPECT_NE(hash_of({"ab", "c"}), hash_of({"a", "bc"}));
  EXPECT_NE(hash_of({"ab"}), hash_of({"ab", ""}));
  EXPECT_EQ(hash_of({"ab"}).size(), 32U);
}

TEST(ContentHash, OfAFileIsThatOfItsBytes) {
  const support::ScratchFolder scratch;
  write_file(scratch.path() / "a", "some bytes");
  EXPECT_EQ(content_hash(scratch.path() / "a"), hash_of({"some bytes"}));
  EXPECT_THROW(content_hash(scratch.path() / "none"), IoError);
}

}  // namespace
}  // namespace plumbline
