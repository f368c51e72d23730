#include "plumbline/text/bpe_model.h"

#include <gtest/gtest.h>

namespace plumbline::text {
namespace {

using Ids = std::vector<int64_t>;

// Characters a, b, c, the token "abc", and fallback tokens of two bytes.
const BpeVocabulary kVocabulary = {
    .ids = {{"a", 0},
            {"b", 1},
            {"c", 2},
            {"ab", 3},
            {"bc", 4},
            {"abc", 5},
            {"<0xC3>", 6},
            {"<0xA9>", 7}},
    .merges = {{"b", "c"}, {"a", "b"}, {"a", "bc"}, {"a", "no such"}}};

Ids encode(const BpeOptions& options, std::string_view word) {
  Ids out = {99};  // is appended to
  BpeModel(kVocabulary, options).encode(word, out);
  out.erase(out.begin());
  return out;
}

TEST(BpeModel, MergesByRank) {
  const BpeOptions options{.uses_bytes = false};
  EXPECT_EQ(encode(options, "abc"), (Ids{5}));
  EXPECT_EQ(encode(options, "abab"), (Ids{3, 3}));
  EXPECT_EQ(encode(options, "bcab"), (Ids{4, 3}));
}

TEST(BpeModel, UnknownCharacters) {
  EXPECT_EQ(encode({.uses_bytes = false}, "a??b"), (Ids{3}));  // vanish before the merges
  EXPECT_EQ(encode({.uses_bytes = false, .unknown = 8}, "a??b"), (Ids{0, 8, 8, 1}));
  EXPECT_EQ(encode({.uses_bytes = false, .unknown = 8, .fuses_unknown = true}, "a??b?"),
            (Ids{0, 8, 1, 8}));
}

TEST(BpeModel, FallsBackToBytesThatAllHaveTokens) {
  const BpeOptions options{.uses_bytes = false, .byte_fallback = true, .unknown = 8};
  EXPECT_EQ(encode(options, "a\xC3\xA9"), (Ids{0, 6, 7}));
  EXPECT_EQ(encode(options, "a\xC3\xA8"), (Ids{0, 8}));  // <0xA8> is no token
}

TEST(BpeModel, AWordThatIsATokenIgnoresMerges) {
  BpeVocabulary vocabulary = kVocabulary;
  vocabulary.ids.emplace("cab", 9);
  Ids with, without;
  BpeModel(vocabulary, {.uses_bytes = false, .ignores_merges = true}).encode("cab", with);
  BpeModel(vocabulary, {.uses_bytes = false}).encode("cab", without);
  EXPECT_EQ(with, (Ids{9}));
  EXPECT_EQ(without, (Ids{2, 3}));
}

// SmolLM2's vocabulary lacks bytes that its training never showed.
TEST(BpeModel, BytesWithoutATokenAreUnknown) {
  EXPECT_EQ(encode({},
                   "a\x04"
                   "b"),
            (Ids{3}));
  EXPECT_EQ(encode({.unknown = 8},
                   "a\x04"
                   "b"),
            (Ids{0, 8, 1}));
}

}  // namespace
}  // namespace plumbline::text
