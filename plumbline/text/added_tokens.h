// Tokens that are looked for in text before it is cut into words.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text {

// Field meanings follow Hugging Face's AddedToken.
struct AddedToken {
  int64_t id = -1;
  std::string content;
  bool is_special = false;      // a control token
  bool is_normalized = false;   // looked for after normalisation
  bool strips_left = false;     // takes the blanks before it with it
  bool strips_right = false;    // and those behind it
  bool is_single_word = false;  // only where no word goes on before or behind it
};

// Immutable; safe to share between threads.
class AddedTokenFinder {
 public:
  AddedTokenFinder() = default;
  // Tokens without content are never found.
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  // A piece of text; `token` is what it is, or null for text between tokens.
  struct Found {
    std::string_view text;
    const AddedToken* token;
  };
  // The pieces in order, without empty ones between tokens: the leftmost token, among those that
  // begin there the longest. Special tokens are found only `with_special`; otherwise their spelling
  // stays text, and hides shorter tokens within it. Source: tokenizers 0.23, added_vocabulary.rs.
  std::vector<Found> split(std::string_view text, bool with_special) const;

 private:
  const AddedToken* longest_at(std::string_view text) const;

  std::vector<AddedToken> tokens_;
  std::array<std::vector<size_t>, 256> by_first_byte_;  // longest first
};

}  // namespace plumbline::text
