// Which characters are blanks and which belong to words, as Rust's regular expressions have it.
#pragma once

namespace plumbline::text {

// \s: Unicode's property White_Space.
bool is_space(char32_t code);

// \w: letters, marks, decimal digits, letter numbers, connecting punctuation, joiners.
// Source: Unicode Technical Standard 18, annex C.
bool is_word(char32_t code);

// \d: decimal digits of all scripts; also Python's.
bool is_digit(char32_t code);

}  // namespace plumbline::text
