#include "plumbline/text/decoding.h"

#include <utility>

#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

std::string repeated_mark(size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += kReplacementCharacter;
  return out;
}

std::string repaired(std::string_view bytes, DecodingRules::Broken broken) {
  if (broken == DecodingRules::Broken::PerPiece) return repaired_utf8(bytes);
  if (broken == DecodingRules::Broken::PerRun && !is_valid_utf8(bytes)) {
    return repeated_mark(bytes.size());
  }
  return repaired_bytes(bytes);
}

}  // namespace

void TextJoiner::add(const TokenText& token) {
  const bool is_byte_level = rules_.broken == DecodingRules::Broken::PerPiece;
  if (!is_byte_level && token.is_byte != pending_is_run_) settle();
  pending_is_run_ = token.is_byte;
  std::string_view bytes = token.bytes;
  while (rules_.first_is_bare && is_first_ && bytes.starts_with(' ')) bytes.remove_prefix(1);
  is_first_ = false;
  pending_ += bytes;
}

void TextJoiner::settle() {
  if (!pending_.empty()) stop_cutting_before_bytes();
  put(repaired(pending_, pending_is_run_ ? rules_.broken : DecodingRules::Broken::PerPiece));
  pending_.clear();
}

// SentencePiece cuts the blank that it put there itself, never one that was spelt as a byte.
void TextJoiner::stop_cutting_before_bytes() {
  if (pending_is_run_ && rules_.broken == DecodingRules::Broken::PerByte) {
    blanks_cut_ = rules_.blanks_cut;
  }
}

void TextJoiner::put(std::string_view text) {
  while (blanks_cut_ < rules_.blanks_cut && text.starts_with(' ')) {
    text.remove_prefix(1);
    ++blanks_cut_;
  }
  if (!text.empty()) blanks_cut_ = rules_.blanks_cut;
  ready_ += text;
}

std::string TextJoiner::take() {
  size_t settled = 0;
  while (settled < pending_.size()) {
    const Character next = first_character(std::string_view(pending_).substr(settled));
    if (next.is_cut || (!next.is_valid && pending_is_run_)) break;
    settled += next.length;
  }
  if (settled > 0) stop_cutting_before_bytes();
  put(repaired_utf8(std::string_view(pending_).substr(0, settled)));
  pending_.erase(0, settled);
  return std::exchange(ready_, {});
}

std::string TextJoiner::finish() {
  settle();
  return std::exchange(ready_, {});
}

}  // namespace plumbline::text
