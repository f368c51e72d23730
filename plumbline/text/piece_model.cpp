#include "plumbline/text/piece_model.h"

#include <fmt/format.h>

#include <queue>
#include <tuple>

#include "plumbline/base/error.h"
#include "plumbline/text/tokenizer_builder.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// Two neighbours that could become the piece `text`.
struct Candidate {
  float score;
  size_t left;
  size_t right;
  size_t length;  // bytes of both when they were offered
  bool operator<(const Candidate& other) const {
    return std::tie(score, other.left) < std::tie(other.score, left);
  }
};

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& where) {
  throw DataError({.component = "tokenizer",
                   .doing = "reading pieces",
                   .expected = expected,
                   .got = got,
                   .where = where});
}

}  // namespace

struct PieceModel::Symbol {
  std::string_view text;  // empty once merged into its left neighbour
  size_t previous;
  size_t next;
  bool is_frozen;  // user-defined: stays as it is
};

PieceModel::PieceModel(const PieceVocabulary& vocabulary, const std::string& where) {
  byte_ids_.fill(-1);
  texts_.reserve(vocabulary.pieces.size());
  for (const ScoredPiece& piece : vocabulary.pieces) {
    const auto id = static_cast<int64_t>(texts_.size());
    texts_.push_back(piece.text);
    if (piece.type == PieceType::Unknown) {
      if (unknown_ >= 0) fail("one unknown piece", fmt::format("another, id {}", id), where);
      unknown_ = id;
    } else if (piece.type == PieceType::Byte) {
      const int byte = fallback_byte(piece.text);
      if (byte < 0) fail("a byte piece such as <0x0A>", "'" + piece.text + "'", where);
      byte_ids_[static_cast<size_t>(byte)] = id;
      has_bytes_ = true;
    } else if (piece.type != PieceType::Control) {
      const bool is_user_defined = piece.type == PieceType::UserDefined;
      if (piece.text.empty()) fail("pieces of text", fmt::format("an empty one, id {}", id), where);
      if (!entries_.emplace(texts_.back(), Entry{id, piece.score, is_user_defined}).second) {
        fail("every piece once", "'" + piece.text + "' twice", where);
      }
      if (is_user_defined)
        longest_user_defined_ = std::max(longest_user_defined_, piece.text.size());
    }
  }
  if (unknown_ < 0) fail("an unknown piece", "none", where);
  for (size_t byte = 0; has_bytes_ && byte < 256; ++byte) {
    if (byte_ids_[byte] < 0) fail(fmt::format("a piece for byte {}", byte), "none", where);
  }
}

const PieceModel::Entry* PieceModel::find(std::string_view text) const {
  const auto found = entries_.find(text);
  return found == entries_.end() ? nullptr : &found->second;
}

// Characters and, longest first, user-defined pieces.
std::vector<PieceModel::Symbol> PieceModel::symbols(std::string_view word) const {
  std::vector<Symbol> symbols;
  while (!word.empty()) {
    size_t length = first_character(word).length;
    bool is_frozen = false;
    for (size_t size = std::min(longest_user_defined_, word.size()); size > 0 && !is_frozen;
         --size) {
      const Entry* entry = find(word.substr(0, size));
      if (entry == nullptr || !entry->is_user_defined) continue;
      length = size;
      is_frozen = true;
    }
    const size_t i = symbols.size();
    symbols.push_back({word.substr(0, length), i == 0 ? kNone : i - 1, i + 1, is_frozen});
    word.remove_prefix(length);
  }
  if (!symbols.empty()) symbols.back().next = kNone;
  return symbols;
}

void PieceModel::merge(std::vector<Symbol>& symbols) const {
  std::priority_queue<Candidate> queue;
  const auto offer = [&](size_t left, size_t right) {
    if (left == kNone || right == kNone || symbols[left].is_frozen || symbols[right].is_frozen)
      return;
    const size_t length = symbols[left].text.size() + symbols[right].text.size();
    const Entry* entry = find({symbols[left].text.data(), length});
    if (entry != nullptr) queue.push({entry->score, left, right, length});
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i) offer(i, i + 1);
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol &left = symbols[best.left], &right = symbols[best.right];
    if (left.text.empty() || right.text.empty() ||
        left.text.size() + right.text.size() != best.length) {
      continue;  // one of the two was merged with someone else since
    }
    left.text = {left.text.data(), best.length};
    right.text = {};
    left.next = right.next;
    if (right.next != kNone) symbols[right.next].previous = best.left;
    offer(left.previous, best.left);
    offer(best.left, left.next);
  }
}

void PieceModel::put(std::string_view text, std::vector<int64_t>& out) const {
  if (const Entry* entry = find(text)) return out.push_back(entry->id);
  if (has_bytes_) {
    for (const char c : text) out.push_back(byte_ids_[static_cast<uint8_t>(c)]);
  } else if (out.empty() || out.back() != unknown_) {
    out.push_back(unknown_);
  }
}

void PieceModel::encode(std::string_view word, std::vector<int64_t>& out) const {
  // The original reads a byte that belongs to no character as U+FFFD.
  if (!is_valid_utf8(word)) return encode(repaired_bytes(word), out);
  std::vector<Symbol> all = symbols(word);
  merge(all);
  std::vector<int64_t> ids;
  for (size_t i = all.empty() ? kNone : 0; i != kNone; i = all[i].next) put(all[i].text, ids);
  out.insert(out.end(), ids.begin(), ids.end());
}

}  // namespace plumbline::text
