// SentencePiece's byte pair encoding: neighbours merge by the score of what they become.
#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "plumbline/text/sentencepiece.h"
#include "plumbline/text/word_model.h"

namespace plumbline::text {

// The word is a whole text whose blanks are already written as U+2581. Characters without a piece
// become the byte pieces of their bytes, or the unknown piece (one for neighbours) where the
// vocabulary has no byte pieces. User-defined pieces are never cut or merged. Spellings of control,
// unknown and byte pieces are ordinary characters. Source: SentencePiece 0.2, bpe_model.cc.
class PieceModel : public WordModel {
 public:
  // Throws DataError with `where`: a repeated piece, a missing byte, no unknown piece.
  PieceModel(const PieceVocabulary& vocabulary, const std::string& where);

  void encode(std::string_view word, std::vector<int64_t>& out) const override;

 private:
  struct Entry {
    int64_t id;
    float score;
    bool is_user_defined;
  };
  struct Symbol;

  const Entry* find(std::string_view text) const;
  std::vector<Symbol> symbols(std::string_view word) const;
  void merge(std::vector<Symbol>& symbols) const;
  void put(std::string_view text, std::vector<int64_t>& out) const;

  std::unordered_map<std::string_view, Entry> entries_;  // keys are in texts_
  std::vector<std::string> texts_;
  size_t longest_user_defined_ = 0;
  std::array<int64_t, 256> byte_ids_{};
  bool has_bytes_ = false;
  int64_t unknown_ = -1;
};

}  // namespace plumbline::text
