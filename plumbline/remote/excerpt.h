// What another program said, as an error shows it.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::remote {

// The text between quotes, in one line, its end replaced by "..." beyond `max_bytes`.
std::string excerpt(std::string_view text, size_t max_bytes = 80);

// The last `max_bytes` without white space around them. Begins with a whole character.
std::string tail(std::string_view text, size_t max_bytes);

}  // namespace plumbline::remote
