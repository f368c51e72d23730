#include "plumbline/text/tokenizer.h"

#include "plumbline/base/files.h"
#include "plumbline/text/tokenizer_data.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

using Data = Tokenizer::Data;

void encode_word(const Data& data, std::string_view word, TokenIds& out) {
  if (!data.words.empty()) {
    if (const auto found = data.words.find(std::string(word)); found != data.words.end()) {
      out.push_back(found->second);
      return;
    }
  }
  TokenIds ids;
  ids.reserve(word.size());
  for (const char c : word) ids.push_back(data.byte_ids[static_cast<uint8_t>(c)]);
  data.merges.apply(ids);
  out.insert(out.end(), ids.begin(), ids.end());
}

// Text without added tokens: into words, level by level, then each word by merging.
void encode_words(const Data& data, std::string_view text, size_t level, TokenIds& out) {
  if (level == data.splitters.size()) return encode_word(data, text, out);
  for (const Piece& piece : data.splitters[level].split(text)) {
    encode_words(data, piece.text, level + 1, out);
  }
}

void encode_plain(const Data& data, std::string_view text, TokenIds& out) {
  if (text.empty()) return;
  if (data.add_prefix_space && text.front() != ' ') {
    return encode_words(data, " " + std::string(text), 0, out);
  }
  encode_words(data, text, 0, out);
}

// Calls `rest` with the text between added tokens, and puts out the tokens themselves.
template <class Rest>
void split_added(const Data& data, const std::optional<Splitter>& added, std::string_view text,
                 TokenIds& out, Rest rest) {
  if (!added) return rest(text);
  for (const Piece& piece : added->split(text)) {
    if (piece.is_match) {
      out.push_back(data.matched.at(std::string(piece.text)));
    } else {
      rest(piece.text);
    }
  }
}

}  // namespace

Tokenizer Tokenizer::load(const std::string& path) {
  Tokenizer tokenizer;
  tokenizer.data_ = parse_tokenizer(read_file(path), path);
  return tokenizer;
}

TokenIds Tokenizer::encode(std::string_view text) const {
  TokenIds out;
  split_added(*data_, data_->raw_added, text, out, [&](std::string_view raw) {
    const std::string normal = data_->use_nfc ? nfc(raw) : std::string(raw);
    split_added(*data_, data_->normalized_added, normal, out,
                [&](std::string_view plain) { encode_plain(*data_, plain, out); });
  });
  return out;
}

std::string Tokenizer::decode(const TokenIds& ids, bool with_special) const {
  std::string bytes;
  for (const int64_t id : ids) {
    if (with_special || !is_special(id)) bytes += token(id);
  }
  return repaired_utf8(bytes);
}

int64_t Tokenizer::vocab_size() const { return static_cast<int64_t>(data_->tokens.size()); }

int64_t Tokenizer::id(std::string_view token) const {
  const auto found = data_->ids.find(std::string(token));
  return found == data_->ids.end() ? -1 : found->second;
}

std::string Tokenizer::token(int64_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return data_->tokens[static_cast<size_t>(id)].bytes;
}

bool Tokenizer::is_special(int64_t id) const {
  return id >= 0 && id < vocab_size() && data_->tokens[static_cast<size_t>(id)].is_special;
}

}  // namespace plumbline::text
