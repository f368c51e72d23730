// The vocabulary of a SentencePiece model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text {

// Numbers as in sentencepiece_model.proto and in GGUF's tokenizer.ggml.token_type.
enum class PieceType {
  Normal = 1,
  Unknown = 2,
  Control = 3,
  UserDefined = 4,
  Unused = 5,
  Byte = 6
};

struct ScoredPiece {
  std::string text;  // blanks are written as U+2581
  float score = 0;   // higher merges first
  PieceType type = PieceType::Normal;
};

struct PieceVocabulary {
  std::vector<ScoredPiece> pieces;   // by id
  bool add_dummy_prefix = true;      // a blank before the text
  bool remove_extra_blanks = false;  // at both ends, and of several in a row all but one
};

inline constexpr std::string_view kPieceBlank = "\xE2\x96\x81";  // U+2581

// Reads the bytes of a tokenizer.model. `where` is for messages. Throws DataError for damaged bytes
// and, by name, for what is not done here: unigram and other models, normalisation rules, blanks
// behind words. Source: SentencePiece 0.2, sentencepiece_model.proto.
PieceVocabulary parse_sentencepiece(std::string_view bytes, const std::string& where);

}  // namespace plumbline::text
