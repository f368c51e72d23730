// Characters as Python sees them: code points, white space, upper and lower case. Texts are valid
// UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plumbline/text/utf8.h"

namespace plumbline::text::python {

// The code point a text begins with, and its bytes. The text is not empty.
struct Character {
  char32_t code;
  size_t bytes;
};
Character first_code_point(std::string_view text);
Character last_code_point(std::string_view text);

inline std::string_view first_character(std::string_view text) {
  return text.empty() ? text : text.substr(0, first_code_point(text).bytes);
}

// In code points.
int64_t length(std::string_view text);

// Where code point `index` begins, counted from 0; the text's size when it has fewer.
size_t byte_offset(std::string_view text, int64_t index);

std::string reversed(std::string_view text);

// Unicode's White_Space and, as for Python, the separators U+001C to U+001F.
bool is_space(char32_t code);
// Bytes of white space at either end.
size_t leading_space(std::string_view text);
size_t trailing_space(std::string_view text);

// str.strip without characters to strip.
std::string_view stripped(std::string_view text);

// Whether repr() shows the character itself.
bool is_printable(char32_t code);

// str.upper, str.lower, str.title and str.capitalize, with characters that become several and the
// sigma at the end of a word.
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);
std::string capitalized(std::string_view text);
// str.isupper, str.islower: something has a case, and nothing has another.
bool is_upper(std::string_view text);
bool is_lower(std::string_view text);

}  // namespace plumbline::text::python
