// UTF-8 that may be broken: a generated answer can end inside a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumbline::text {

// The character that a text begins with, or the longest broken piece of one (maximal subpart, as
// Unicode 3.9 recommends), whose code is U+FFFD.
struct Character {
  char32_t code;
  size_t length;  // bytes
  bool is_valid;
  bool is_cut;  // broken only because the text ends: more bytes could make it valid
};
// The text must not be empty.
Character first_character(std::string_view text);

// Appends the bytes of a code point.
void append_utf8(std::string& text, char32_t code);

bool is_valid_utf8(std::string_view text);

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// The text with every broken piece of a character replaced by U+FFFD.
std::string repaired_utf8(std::string_view text);
// The text with every byte that belongs to no character replaced by U+FFFD.
std::string repaired_bytes(std::string_view text);

// Unicode normal form C, for characters of Unicode 9 (as tokenizers 0.23 has it); newer marks and
// broken bytes stay as and where they are.
std::string nfc(std::string_view text);

}  // namespace plumbline::text
