#include "plumbline/data/correctness.h"

#include <cctype>
#include <string>

namespace plumbline::data {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

// Whether the text starts with this word, in any case, and the word ends there.
bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != word[i]) return false;
  }
  return text.size() == word.size() || !std::isalpha(static_cast<unsigned char>(text[word.size()]));
}

// 1 for yes, -1 for no, else 0.
int own_yes_no(std::string_view text) {
  return starts_with_word(text, "yes") ? 1 : starts_with_word(text, "no") ? -1 : 0;
}
int released_yes_no(std::string_view text) {
  return text.starts_with("No") ? -1 : text.starts_with("Yes") ? 1 : 0;
}

}  // namespace

double correctness(CaptionType type, std::string_view answer, bool is_symmetric) {
  const std::string_view text = trimmed(answer);
  const int yes_no = is_symmetric ? own_yes_no(text) : released_yes_no(text);
  switch (type) {
    case CaptionType::General:
      return 0;
    case CaptionType::No:
      return -0.5 * yes_no;
    case CaptionType::Yes:
      return is_symmetric ? 0.5 * yes_no : 0;
    default:
      break;
  }
  const std::string letter(
      1, static_cast<char>('A' + static_cast<int>(type) - static_cast<int>(CaptionType::A)));
  const bool is_right = text.starts_with(letter + ".") ||
                        text.find("correct option is " + letter + ".") != std::string_view::npos;
  return is_right ? 1 : 0;
}

}  // namespace plumbline::data
