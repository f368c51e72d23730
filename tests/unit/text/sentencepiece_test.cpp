#include "plumbline/text/sentencepiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::text {
namespace {

using testing::HasSubstr;

std::string model() { return read_file("tests/golden/tokenizers/tokenizer.model"); }

std::string error_of(const std::string& bytes) {
  try {
    parse_sentencepiece(bytes, "x.model");
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("x.model"));
    return e.what();
  }
  return {};
}

TEST(SentencePiece, ReadsPiecesAndFlags) {
  const auto vocabulary = parse_sentencepiece(model(), "x.model");
  ASSERT_EQ(vocabulary.pieces.size(), 900u);
  EXPECT_EQ(vocabulary.pieces[0].text, "<unk>");
  EXPECT_EQ(vocabulary.pieces[0].type, PieceType::Unknown);
  EXPECT_EQ(vocabulary.pieces[1].type, PieceType::Control);
  EXPECT_EQ(vocabulary.pieces[3].text, "[tool]");
  EXPECT_EQ(vocabulary.pieces[3].type, PieceType::UserDefined);
  EXPECT_EQ(vocabulary.pieces[5].type, PieceType::Byte);
  EXPECT_TRUE(vocabulary.add_dummy_prefix);
  EXPECT_FALSE(vocabulary.remove_extra_blanks);
}

TEST(SentencePiece, RefusesWhatIsCutOff) {
  const std::string whole = model();
  for (size_t size = 0; size < whole.size(); size += size < 400 ? 1 : 97) {
    // A cut between two fields leaves fewer pieces and nothing about the trainer.
    EXPECT_NE(error_of(whole.substr(0, size)), "") << size;
  }
}

TEST(SentencePiece, NamesWhatItDoesNotDo) {
  const std::string piece(
      "\x0A\x03\x0A\x01"
      "a",
      5);
  const auto trainer = [](char type) { return std::string("\x12\x02\x18") + type; };
  EXPECT_THAT(error_of(piece + trainer(1)), HasSubstr("unigram"));
  EXPECT_THAT(error_of(piece + trainer(3)), HasSubstr("type 3"));
  EXPECT_EQ(error_of(piece + trainer(2)), "");
  EXPECT_THAT(error_of(piece + trainer(2) + "\x1A\x03\x12\x01x"),
              HasSubstr("precompiled_charsmap"));
  EXPECT_THAT(error_of(piece + std::string("\x12\x05\x18\x02\xC0\x01\x01", 7)),
              HasSubstr("treat_whitespace_as_suffix"));
  EXPECT_THAT(error_of(std::string("\x0A\x05\x0A\x01"
                                   "a\x18\x09",
                                   7) +
                       trainer(2)),
              HasSubstr("9"));
  EXPECT_NE(error_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "");
}

}  // namespace
}  // namespace plumbline::text
