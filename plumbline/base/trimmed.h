// Text without the white space around it.
#pragma once

#include <string_view>

namespace plumbline {

// Bytes of `drop` at both ends are left out. The view is of `text`, which must outlive it.
inline std::string_view trimmed(std::string_view text, std::string_view drop = " \t\r\n") {
  const size_t first = text.find_first_not_of(drop);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(drop) - first + 1);
}

}  // namespace plumbline
