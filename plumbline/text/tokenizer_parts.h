// The parts of a tokenizer.json around its model. Whatever they may say that this program does not
// do is refused by name: a tokenizer that is nearly right trains a model that is quietly wrong.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/text/tokenizer_data.h"

namespace plumbline::text {

// Reads from JSON with errors that name file and part.
class PartReader {
 public:
  explicit PartReader(std::string path) : path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& part, const std::string& expected,
                         const std::string& got) const;
  // Refuses a setting that is present and says anything else than one of those.
  void require(const nlohmann::json& parent, const std::string& part, const char* key,
               const std::vector<nlohmann::json>& allowed) const;

  // The number of a token, from 0. Throws DataError for anything else.
  int64_t token_id(const std::string& part, const nlohmann::json& id) const;

  // Empty when absent or null.
  static nlohmann::json list(const nlohmann::json& parent, const char* key);
  static std::string type_of(const nlohmann::json& part);

 private:
  std::string path_;
};

// A regular expression for exactly this text.
std::string literal_pattern(const std::string& text);

struct PreTokenizer {
  std::vector<WordStep> steps;
  bool is_byte_level = false;  // words are bytes in byte_symbols() rather than characters
};

std::vector<NormalStep> read_normalizer(const PartReader&, const nlohmann::json& normalizer);
PreTokenizer read_pre_tokenizer(const PartReader&, const nlohmann::json& pre_tokenizer);

struct Decoder {
  DecodingRules rules;
  bool is_byte_level = false;
  bool has_fallback = false;  // tokens "<0x..>" stand for bytes
  std::string mark;           // stands for a blank in tokens; empty when byte-level
};
Decoder read_decoder(const PartReader&, const nlohmann::json& decoder);

struct SequenceTemplate {
  TokenIds begin, end;
};
SequenceTemplate read_post_processor(const PartReader&, const nlohmann::json& post_processor);

}  // namespace plumbline::text
