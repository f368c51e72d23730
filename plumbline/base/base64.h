// Bytes as base64 text, for pictures inside a page or a record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumbline {

std::string base64(std::string_view bytes);

// The bytes of base64 text; white space in it and missing "=" at its end do not matter. Nothing
// when a character is none of base64's or the text ends within a byte.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace plumbline
