// Text to token ids and back, as a checkpoint's own tokenizer does it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text {

using TokenIds = std::vector<int64_t>;

// What stands before a text that is encoded piece by piece. SentencePiece's tokenizers put a blank
// before the first word of a sequence, and some before the first behind every control token.
enum class TextStart {
  Sequence,    // nothing, or the begin token
  AfterToken,  // a control token or an image
  Text,        // other text, encoded before: the piece only goes on with it
};

struct EncodeOptions {
  TextStart start = TextStart::Sequence;
  // False: a special token's spelling is data, encoded as ordinary characters. True: it is the
  // control token.
  bool with_special = false;
};

// Immutable after loading; cheap to copy, safe to share between threads.
class Tokenizer {
 public:
  struct Data;  // tokenizer_data.h
  explicit Tokenizer(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

  // Reads tokenizer.json. Throws IoError, or DataError that names the file and the unsupported or
  // broken part.
  static Tokenizer load(const std::string& path);

  // Token ids of text, without begin_ids() and end_ids(). Any bytes may be given.
  TokenIds encode(std::string_view text, EncodeOptions options = {}) const;
  // The text cut at the special tokens that are spelt in it. `id` is -1 for text between them.
  struct Piece {
    std::string_view text;
    int64_t id;
  };
  std::vector<Piece> cut_at_special(std::string_view text) const;
  // The text of the ids, always valid UTF-8: broken characters become U+FFFD. Special tokens are
  // left out unless `with_special`, ids without a token always.
  std::string decode(const TokenIds& ids, bool with_special = false) const;

  // What the original puts before and behind one sequence: <s>, for LLaMA.
  const TokenIds& begin_ids() const;
  const TokenIds& end_ids() const;

  int64_t vocab_size() const;  // largest id + 1
  // Id of exactly this token (added or ordinary, as spelt in the file), or -1.
  int64_t id(std::string_view token) const;
  // The token's own spelling (for special and added tokens) or its decoded bytes, which may be part
  // of a character. Empty for an id without a token.
  std::string token(int64_t id) const;
  bool is_special(int64_t id) const;

 private:
  friend class StreamDecoder;
  std::shared_ptr<const Data> data_;
};

}  // namespace plumbline::text
