#include "plumbline/text/piece_model.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

using Ids = std::vector<int64_t>;

// <unk> 0, <s> 1, a 2, b 3, c 4, ab 5 (-1), bc 6 (-2), abc 7 (-3), the tool 8.
PieceVocabulary vocabulary() {
  using T = PieceType;
  return {.pieces = {{"<unk>", 0, T::Unknown},
                     {"<s>", 0, T::Control},
                     {"a", -10},
                     {"b", -11},
                     {"c", -12},
                     {"ab", -1},
                     {"bc", -2},
                     {"abc", -3},
                     {"[b]", 0, T::UserDefined}}};
}

Ids encode(const PieceVocabulary& pieces, std::string_view word) {
  Ids out;
  PieceModel(pieces, "test").encode(word, out);
  return out;
}

TEST(PieceModel, MergesTheHighestScoreLeftmostFirst) {
  EXPECT_EQ(encode(vocabulary(), "abc"), (Ids{7}));
  EXPECT_EQ(encode(vocabulary(), "bcab"), (Ids{6, 5}));
  auto pieces = vocabulary();
  pieces.pieces[6].score = -0.5F;  // now "bc" goes before "ab", and "a" "bc" still makes "abc"
  EXPECT_EQ(encode(pieces, "abc"), (Ids{7}));
  pieces.pieces.erase(pieces.pieces.begin() + 7);
  EXPECT_EQ(encode(pieces, "abc"), (Ids{2, 6}));
}

TEST(PieceModel, UnknownNeighboursAreOnePiece) {
  EXPECT_EQ(encode(vocabulary(), "a??b?"), (Ids{2, 0, 3, 0}));
}

TEST(PieceModel, ControlSpellingsAreCharactersUserDefinedOnesAreNotCut) {
  EXPECT_EQ(encode(vocabulary(), "<s>"), (Ids{0}));
  EXPECT_EQ(encode(vocabulary(), "a[b]c"), (Ids{2, 8, 4}));
}

TEST(PieceModel, BytesInsteadOfTheUnknownPiece) {
  auto pieces = vocabulary();
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof text, "<0x%02X>", byte);
    pieces.pieces.push_back({text, 0, PieceType::Byte});
  }
  EXPECT_EQ(encode(pieces, "a\xC3\xA9"), (Ids{2, 9 + 0xC3, 9 + 0xA9}));
  EXPECT_EQ(encode(pieces, "\xC3"), (Ids{9 + 0xEF, 9 + 0xBF, 9 + 0xBD}));  // U+FFFD
  pieces.pieces.pop_back();
  EXPECT_THROW(PieceModel(pieces, "test"), DataError);
}

TEST(PieceModel, RefusesVocabulariesThatAreNotWhole) {
  auto twice = vocabulary();
  twice.pieces.push_back({"ab", 0, PieceType::Normal});
  EXPECT_THROW(PieceModel(twice, "test"), DataError);
  auto without_unknown = vocabulary();
  without_unknown.pieces.erase(without_unknown.pieces.begin());
  EXPECT_THROW(PieceModel(without_unknown, "test"), DataError);
  auto empty = vocabulary();
  empty.pieces.push_back({"", 0, PieceType::Normal});
  EXPECT_THROW(PieceModel(empty, "test"), DataError);
}

}  // namespace
}  // namespace plumbline::text
