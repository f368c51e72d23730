// What a loaded tokenizer holds; shared by its loader and its methods.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/text/bpe.h"
#include "plumbline/text/splitter.h"
#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

struct Tokenizer::Data {
  struct Token {
    std::string bytes;  // what it decodes to; an added token's own spelling
    bool is_special = false;
    bool is_used = false;  // ids may have holes
  };

  std::vector<Token> tokens;                         // by id
  std::unordered_map<std::string, int64_t> ids;      // by spelling in the file
  std::unordered_map<std::string, int64_t> matched;  // added tokens that are matched in text
  std::unordered_map<std::string, int64_t> words;    // by bytes; filled when merges may be ignored
  std::array<int64_t, 256> byte_ids{};
  MergeTable merges;
  bool use_nfc = false;
  bool add_prefix_space = false;
  std::optional<Splitter> raw_added;         // finds added tokens before normalisation
  std::optional<Splitter> normalized_added;  // and after it
  std::vector<Splitter> splitters;           // applied one after the other
};

// Reads the text of a tokenizer.json; `path` is for messages only. Throws DataError.
std::shared_ptr<const Tokenizer::Data> parse_tokenizer(const std::string& json,
                                                       const std::string& path);

}  // namespace plumbline::text
