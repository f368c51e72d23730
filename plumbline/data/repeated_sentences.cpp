#include "plumbline/data/repeated_sentences.h"

#include <cctype>
#include <set>
#include <string>

namespace plumbline::data {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

bool ends_sentence(std::string_view text, size_t i) {
  const char c = text[i];
  if (c == '!' || c == '?' || c == '\n') return true;
  const bool is_number =
      i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
  return c == '.' && !is_number;
}

// Adds a character; a run of blanks counts as one, and none at the start.
void add(std::string& sentence, char c) {
  if (std::isspace(static_cast<unsigned char>(c)) != 0) {
    if (!sentence.empty() && sentence.back() != ' ') sentence += ' ';
  } else {
    sentence += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
}

}  // namespace

int64_t repeated_sentences(std::string_view text) {
  std::set<std::string> seen;
  std::string sentence;
  int64_t count = 0;
  const auto end = [&] {
    if (!sentence.empty() && sentence.back() == ' ') sentence.pop_back();
    if (!sentence.empty() && !seen.insert(sentence).second) ++count;
    sentence.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (ends_sentence(text, i)) {
      end();
    } else {
      add(sentence, text[i]);
    }
  }
  end();
  return count;
}

}  // namespace plumbline::data
