#include "plumbline/text/added_tokens.h"

#include <algorithm>

#include "plumbline/text/unicode_class.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

// Where the text's last character begins.
size_t last_begin(std::string_view text) {
  size_t begin = text.size() - 1;
  while (begin > 0 && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) --begin;
  return begin;
}

bool begins_with_word(std::string_view text) {
  return !text.empty() && is_word(first_character(text).code);
}

bool ends_with_word(std::string_view text) {
  return !text.empty() && is_word(first_character(text.substr(last_begin(text))).code);
}

size_t leading_blanks(std::string_view text) {
  size_t length = 0;
  while (length < text.size()) {
    const Character next = first_character(text.substr(length));
    if (!is_space(next.code)) break;
    length += next.length;
  }
  return length;
}

// Where the blanks at the end begin.
size_t trailing_blanks_begin(std::string_view text) {
  while (!text.empty()) {
    const size_t begin = last_begin(text);
    if (!is_space(first_character(text.substr(begin)).code)) break;
    text = text.substr(0, begin);
  }
  return text.size();
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].content.empty()) continue;
    by_first_byte_[static_cast<uint8_t>(tokens_[i].content[0])].push_back(i);
  }
  for (auto& places : by_first_byte_) {
    std::stable_sort(places.begin(), places.end(), [this](size_t a, size_t b) {
      return tokens_[a].content.size() > tokens_[b].content.size();
    });
  }
}

const AddedToken* AddedTokenFinder::longest_at(std::string_view text) const {
  for (const size_t i : by_first_byte_[static_cast<uint8_t>(text[0])]) {
    if (text.starts_with(tokens_[i].content)) return &tokens_[i];
  }
  return nullptr;
}

std::vector<AddedTokenFinder::Found> AddedTokenFinder::split(std::string_view text,
                                                             bool with_special) const {
  std::vector<Found> pieces;
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const AddedToken* token = longest_at(text.substr(at));
    if (token == nullptr) {
      ++at;
      continue;
    }
    size_t begin = at, end = at + token->content.size();
    at = end;
    if (token->is_special && !with_special) continue;
    if (token->is_single_word &&
        (ends_with_word(text.substr(0, begin)) || begins_with_word(text.substr(end)))) {
      continue;
    }
    if (token->strips_left) begin = std::max(trailing_blanks_begin(text.substr(0, begin)), done);
    if (token->strips_right) end += leading_blanks(text.substr(end));
    if (begin > done) pieces.push_back({text.substr(done, begin - done), nullptr});
    pieces.push_back({text.substr(begin, end - begin), token});
    done = end;
  }
  if (done < text.size()) pieces.push_back({text.substr(done), nullptr});
  return pieces;
}

}  // namespace plumbline::text
