#include "plumbline/text/tokenizer_pieces.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::text {
namespace {

const std::string kPath = "tests/golden/tokenizers/tokenizer.model";

Tokenizer load(const PieceOptions& options) {
  return tokenizer_from_pieces(parse_sentencepiece(read_file(kPath), kPath), options, kPath);
}

TEST(TokenizerPieces, ABlankInFrontOfTheFirstText) {
  for (const bool legacy : {true, false}) {
    const auto t = load({.legacy = legacy});
    EXPECT_EQ(t.encode("The"), t.encode(" The", {.start = TextStart::Text})) << legacy;
    EXPECT_NE(t.encode("The"), t.encode("The", {.start = TextStart::Text})) << legacy;
    EXPECT_EQ(t.decode(t.encode("The quick")), "The quick");
    EXPECT_EQ(t.decode(t.encode("  The")), "  The");
  }
}

// The difference between the two ways of LLaMA's tokenizers.
TEST(TokenizerPieces, OnlyLegacyPutsABlankBehindControlTokens) {
  const auto legacy = load({}), modern = load({.legacy = false});
  const EncodeOptions behind{.start = TextStart::AfterToken};
  EXPECT_EQ(legacy.encode("The", behind), legacy.encode("The"));
  EXPECT_EQ(modern.encode("The", behind), modern.encode("The", {.start = TextStart::Text}));
  const std::string text = "The</s>The";
  EXPECT_NE(legacy.encode(text, {.with_special = true}),
            modern.encode(text, {.with_special = true}));
  EXPECT_EQ(legacy.encode("\n", behind).size(), 2u);  // "<image>\n": the blank, then <0x0A>
}

TEST(TokenizerPieces, ControlSpellingsAreDataUnlessAskedFor) {
  const auto t = load({});
  for (const int64_t id : t.encode("<s></s><unk>")) EXPECT_FALSE(t.is_special(id));
  EXPECT_EQ(t.encode("<s></s>", {.with_special = true}), (TokenIds{1, 2}));
  EXPECT_EQ(t.decode(t.encode("<s>x")), "<s>x");
}

TEST(TokenizerPieces, BeginAndEnd) {
  EXPECT_EQ(load({}).begin_ids(), TokenIds{1});
  EXPECT_EQ(load({}).end_ids(), TokenIds{});
  EXPECT_EQ(load({.adds_begin = false, .adds_end = true}).begin_ids(), TokenIds{});
  EXPECT_EQ(load({.adds_begin = false, .adds_end = true}).end_ids(), TokenIds{2});
}

TEST(TokenizerPieces, AddedTokensBeyondThePieces) {
  const auto t = load({.added = {{.id = 900, .content = "<image>", .is_special = true},
                                 {.id = 901, .content = "[PAD]"}}});
  EXPECT_EQ(t.vocab_size(), 902);
  EXPECT_EQ(t.encode("<image>", {.with_special = true}), TokenIds{900});
  EXPECT_EQ(t.encode("[PAD]"), TokenIds{901});
  EXPECT_THROW(load({.added = {{.id = 5, .content = "<image>"}}}), DataError);  // a piece's id
}

TEST(TokenizerPieces, ExtraBlanksAreDroppedWhereTheModelSaysSo) {
  auto vocabulary = parse_sentencepiece(read_file(kPath), kPath);
  vocabulary.remove_extra_blanks = true;
  const auto t = tokenizer_from_pieces(vocabulary, {}, kPath);
  EXPECT_EQ(t.encode("  The   quick "), t.encode("The quick"));
  EXPECT_EQ(t.encode("   "), TokenIds{});
}

}  // namespace
}  // namespace plumbline::text
