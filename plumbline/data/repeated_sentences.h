// How often an answer says the same again.
#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline::data {

// Sentences that stood in the text before, word for word; letter case and blanks do not matter.
// Sentences end at '.', '!', '?' and line breaks; a dot between digits ends none.
int64_t repeated_sentences(std::string_view text);

}  // namespace plumbline::data
