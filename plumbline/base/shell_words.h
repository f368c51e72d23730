// Command lines to be pasted into a shell.
#pragma once

#include <string>
#include <vector>

namespace plumbline {

// The words with blanks between them; those that a shell would take for more than a word are
// quoted.
std::string shell_words(const std::vector<std::string>& words);

}  // namespace plumbline
