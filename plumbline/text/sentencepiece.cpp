#include "plumbline/text/sentencepiece.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& where) {
  throw DataError({.component = "tokenizer",
                   .doing = "reading a SentencePiece model",
                   .expected = expected,
                   .got = got,
                   .where = where});
}

// One field of a protocol buffer message: a number, or the bytes of a text or message.
struct Field {
  uint64_t number = 0;
  uint64_t value = 0;
  std::string_view bytes = {};
};

// Source: Protocol Buffers documentation, "Encoding".
class Message {
 public:
  Message(std::string_view bytes, const std::string& where) : rest_(bytes), where_(where) {}

  bool next(Field& field) {
    if (rest_.empty()) return false;
    const uint64_t tag = varint();
    field = {.number = tag >> 3};
    switch (tag & 7) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.bytes = take(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.bytes = take(4);
        break;
      default:
        fail("a protocol buffer", fmt::format("wire type {}", tag & 7), where_);
    }
    return true;
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    fail("a protocol buffer", "a number of more than 64 bits", where_);
  }

  std::string_view take(uint64_t size) {
    if (size > rest_.size()) {
      fail(fmt::format("{} more bytes", size), fmt::format("{}", rest_.size()), where_);
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  const std::string& where_;
};

ScoredPiece read_piece(std::string_view bytes, const std::string& where) {
  ScoredPiece piece;
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 1) piece.text = field.bytes;
    if (field.number == 2 && field.bytes.size() == sizeof(float)) {
      std::memcpy(&piece.score, field.bytes.data(), sizeof(float));
    }
    if (field.number == 3) {
      if (field.value < 1 || field.value > 6) {
        fail("a type of piece from 1 to 6", fmt::format("{}", field.value), where);
      }
      piece.type = static_cast<PieceType>(field.value);
    }
  }
  return piece;
}

// Refuses what would change how text is cut and is not done here.
void check_trainer(std::string_view bytes, const std::string& where) {
  uint64_t model_type = 1;  // unigram, the proto's default
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 3) model_type = field.value;
    if (field.number == 24 && field.value != 0) {
      fail("blanks before words", "treat_whitespace_as_suffix", where);
    }
  }
  if (model_type != 2) {
    fail("model_type BPE", model_type == 1 ? "unigram" : fmt::format("type {}", model_type), where);
  }
}

void read_normalizer(std::string_view bytes, PieceVocabulary& out, const std::string& where) {
  Message message(bytes, where);
  out.remove_extra_blanks = true;  // the proto's default
  for (Field field; message.next(field);) {
    if (field.number == 2 && !field.bytes.empty()) {
      fail("the identity as normaliser", "rules (precompiled_charsmap)", where);
    }
    if (field.number == 3) out.add_dummy_prefix = field.value != 0;
    if (field.number == 4) out.remove_extra_blanks = field.value != 0;
    if (field.number == 5 && field.value == 0) {
      fail("blanks written as U+2581", "escape_whitespaces = false", where);
    }
  }
}

}  // namespace

PieceVocabulary parse_sentencepiece(std::string_view bytes, const std::string& where) {
  PieceVocabulary vocabulary;
  bool has_trainer = false;
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 1) vocabulary.pieces.push_back(read_piece(field.bytes, where));
    if (field.number == 2) {
      check_trainer(field.bytes, where);
      has_trainer = true;
    }
    if (field.number == 3) read_normalizer(field.bytes, vocabulary, where);
  }
  if (vocabulary.pieces.empty() || !has_trainer) {
    fail("pieces and how they were trained", "none", where);
  }
  return vocabulary;
}

}  // namespace plumbline::text
