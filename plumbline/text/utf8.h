// UTF-8 that may be broken: a generated answer can end inside a character.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::text {

// The text with every broken sequence (maximal subpart, as Unicode 3.9 recommends) replaced by
// U+FFFD.
std::string repaired_utf8(std::string_view text);

// Unicode normal form C. Broken bytes stay as they are.
std::string nfc(std::string_view text);

}  // namespace plumbline::text
