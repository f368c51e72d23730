// Collects a vocabulary; used by the readers of tokenizer.json, tokenizer.model and GGUF.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/text/tokenizer_data.h"

namespace plumbline::text {

// The byte that a token "<0x0A>" stands for, or -1.
int fallback_byte(const std::string& spelling);

class TokenizerBuilder {
 public:
  // `where` is for errors.
  explicit TokenizerBuilder(std::string where) : where_(std::move(where)) {}

  // Adds a token, or says again, with other text, what the token of this id and spelling is. Throws
  // DataError for an id out of range and for two ids or two spellings of one token.
  void add(int64_t id, const std::string& spelling, const TokenText& text, bool is_special = false);

  int64_t id(const std::string& spelling) const;  // -1 when there is none
  // Without special tokens: what text may become.
  std::unordered_map<std::string, int64_t> ordinary() const;

  // The vocabulary with its added tokens; the rest is the caller's to set.
  std::shared_ptr<Tokenizer::Data> finish(const std::vector<AddedToken>& added) const;

 private:
  std::string where_;
  std::vector<Tokenizer::Data::Token> tokens_;
  std::unordered_map<std::string, int64_t> ids_;
};

}  // namespace plumbline::text
