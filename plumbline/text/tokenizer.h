// A byte-level BPE tokenizer as Hugging Face's tokenizer.json describes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text {

using TokenIds = std::vector<int64_t>;

// Immutable after loading; safe to share between threads.
class Tokenizer {
 public:
  // Reads tokenizer.json. Throws DataError that names the file and the unsupported or broken part.
  static Tokenizer load(const std::string& path);

  // Token ids of plain text. A special token's spelling inside `text` is data: it is encoded as
  // ordinary characters, never as the control token.
  TokenIds encode(std::string_view text) const;
  // The text of the ids, always valid UTF-8: broken characters become U+FFFD. Special tokens are
  // left out unless `with_special`, ids without a token always.
  std::string decode(const TokenIds& ids, bool with_special = false) const;

  int64_t vocab_size() const;  // largest id + 1
  // Id of exactly this token (added or ordinary, as spelt in the file), or -1.
  int64_t id(std::string_view token) const;
  // The token's own spelling (for special and added tokens) or its decoded bytes, which may be part
  // of a character. Empty for an id without a token.
  std::string token(int64_t id) const;
  bool is_special(int64_t id) const;

  struct Data;  // tokenizer_data.h

 private:
  std::shared_ptr<const Data> data_;
};

}  // namespace plumbline::text
