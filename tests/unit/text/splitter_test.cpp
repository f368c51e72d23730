#include "plumbline/text/splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/text/byte_level.h"

namespace plumbline::text {
namespace {

std::vector<std::string> pieces(const std::string& pattern, const std::string& text) {
  std::vector<std::string> out;
  for (const Piece& piece : Splitter(pattern).split(text)) {
    out.push_back((piece.is_match ? "+" : "-") + std::string(piece.text));
  }
  return out;
}

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Splitter, MatchesAndGapsMakeUpTheText) {
  EXPECT_THAT(pieces("[0-9]+", "ab12cd3"), ElementsAre("-ab", "+12", "-cd", "+3"));
  EXPECT_THAT(pieces("[0-9]*", "a1b"), ElementsAre("-a", "+1", "-b"));
  EXPECT_THAT(pieces("x", ""), ElementsAre());
}

TEST(Splitter, WordPatternSplitsAsGpt2Does) {
  EXPECT_THAT(pieces(kWordPattern, "it's  2 caf\xC3\xA9s?!\n"),
              ElementsAre("+it", "+'s", "+ ", "+ 2", "+ caf\xC3\xA9s", "+?!", "+\n"));
}

TEST(Splitter, BrokenUtf8StandsInTheGaps) {
  EXPECT_THAT(pieces(kWordPattern,
                     "ab\xFF"
                     "cd"),
              ElementsAre("+ab", "-\xFF", "+cd"));
}

TEST(Splitter, LongRunsAreNoProblem) {
  const std::string text(1 << 20, ' ');
  EXPECT_THAT(pieces(kWordPattern, text), testing::SizeIs(1));
  EXPECT_THAT(pieces("(a|b)+", std::string(1 << 18, 'a')), testing::SizeIs(1));
}

TEST(Splitter, BadPatternIsNamed) {
  try {
    Splitter("(a");
    FAIL() << "no exception";
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("'(a'"));
  }
}

// U+180E is a blank for PCRE2 alone.
TEST(Splitter, BlanksAreUnicodes) {
  const auto count = [](const char* pattern, const char* text) {
    return Splitter(pattern).split(text).size();
  };
  EXPECT_EQ(count(R"(\s+)",
                  "a\xE1\xA0\x8E"
                  "b"),
            1u);
  EXPECT_EQ(count(R"(\s+)", "a\xE3\x80\x80 \tb"), 3u);
  EXPECT_EQ(count(R"([^\s]+)",
                  "a\xE1\xA0\x8E"
                  "b"),
            1u);
  EXPECT_EQ(count(R"(\S+)",
                  "a\xE1\xA0\x8E"
                  "b"),
            1u);
}

}  // namespace
}  // namespace plumbline::text
