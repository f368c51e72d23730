// Byte pair encoding by a list of merges, over bytes or over characters.
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plumbline/text/bpe.h"
#include "plumbline/text/word_model.h"

namespace plumbline::text {

struct BpeOptions {
  bool uses_bytes = true;  // words are bytes, spelt in byte_symbols(); else characters
  bool byte_fallback =
      false;  // characters without a token become the tokens "<0x..>" of their bytes
  // Token of what is left then, as of a byte that never came in training (SmolLM2 lacks some), or
  // -1: it vanishes, as in the original.
  int64_t unknown = -1;
  bool fuses_unknown = false;   // neighbouring unknown characters are one token
  bool ignores_merges = false;  // a word that is a token is that token, whatever the merges say
};

// What may be said in a vocabulary. Spellings of control tokens belong to none of it: ordinary
// characters never add up to one.
struct BpeVocabulary {
  std::unordered_map<std::string, int64_t> ids;  // by spelling in the file
  // Spellings of left and right, the most urgent first; of a merge with a part, or a result, that
  // `ids` does not hold, nothing comes.
  std::vector<std::pair<std::string, std::string>> merges;
};

// Source: tokenizers 0.23, models/bpe/model.rs.
class BpeModel : public WordModel {
 public:
  BpeModel(const BpeVocabulary& vocabulary, const BpeOptions& options);

  void encode(std::string_view word, std::vector<int64_t>& out) const override;

 private:
  std::vector<int64_t> characters(std::string_view word) const;
  void add_unknown(std::string_view character, std::vector<int64_t>& ids, bool& was_unknown) const;

  BpeOptions options_;
  MergeTable merges_;
  std::array<int64_t, 256> byte_ids_{};                  // of bytes or of fallback tokens, or -1
  std::unordered_map<std::string, int64_t> characters_;  // single characters
  std::unordered_map<std::string, int64_t> words_;       // filled when merges may be ignored
};

}  // namespace plumbline::text
