#include "plumbline/text/decoding.h"

#include <gtest/gtest.h>

namespace plumbline::text {
namespace {

using Broken = DecodingRules::Broken;
const std::string kMark = "\xEF\xBF\xBD";

TokenText byte(int value) { return {std::string(1, static_cast<char>(value)), true}; }

std::string join(const DecodingRules& rules, const std::vector<TokenText>& tokens) {
  TextJoiner joiner(rules);
  for (const auto& token : tokens) joiner.add(token);
  return joiner.finish();
}

TEST(Decoding, BrokenBytes) {
  // "e" with an accent, and a byte that belongs to nothing.
  const std::vector<TokenText> tokens = {{"a"}, byte(0xC3), byte(0xA9), byte(0xFF), {"b"}};
  EXPECT_EQ(join({.broken = Broken::PerByte}, tokens), "a\xC3\xA9" + kMark + "b");
  EXPECT_EQ(join({.broken = Broken::PerRun}, tokens), "a" + kMark + kMark + kMark + "b");
  // Two bytes of a character of three: one piece, two bytes.
  const std::vector<TokenText> cut = {byte(0xE4), byte(0xBD), {"b"}};
  EXPECT_EQ(join({.broken = Broken::PerPiece}, cut), kMark + "b");
  EXPECT_EQ(join({.broken = Broken::PerByte}, cut), kMark + kMark + "b");
}

TEST(Decoding, CutsTheBlankInFront) {
  const DecodingRules one{.broken = Broken::PerRun, .blanks_cut = 1};
  EXPECT_EQ(join(one, {{"  a"}, {" b"}}), " a b");
  EXPECT_EQ(join(one, {{""}, {" a"}}), "a");
  EXPECT_EQ(join(one, {byte(' '), {"a"}}), "a");
  EXPECT_EQ(join({.broken = Broken::PerByte, .blanks_cut = 1}, {byte(' '), {" a"}}), "  a");
  EXPECT_EQ(join({.first_is_bare = true}, {{"  a"}, {"  b"}}), "a  b");
}

TEST(Decoding, TakesOnlyWhatCannotChange) {
  TextJoiner joiner({.broken = Broken::PerPiece});
  joiner.add({"a\xE4"});
  EXPECT_EQ(joiner.take(), "a");
  joiner.add({"\xBD"});
  EXPECT_EQ(joiner.take(), "");
  joiner.add(
      {"\xA0"
       "b\xE4"});
  EXPECT_EQ(joiner.take(),
            "\xE4\xBD\xA0"
            "b");
  EXPECT_EQ(joiner.finish(), kMark);
  EXPECT_EQ(joiner.finish(), "");
}

}  // namespace
}  // namespace plumbline::text
