#include "plumbline/text/splitter.h"

#include <algorithm>

namespace plumbline::text {
namespace {

// PCRE2 counts U+180E as a blank, which Unicode and the originals' regular expressions do not.
std::string with_unicode_blanks(const std::string& pattern) {
  const std::string blanks =
      R"(\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
  std::string out;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escape = pattern[i] == '\\' && i + 1 < pattern.size();
    const std::string item = pattern.substr(i, is_escape ? 2 : 1);
    i += item.size() - 1;
    if (item == "\\s") {
      out += in_class ? blanks : "[" + blanks + "]";
    } else if (item == "\\S" && !in_class) {
      out += "[^" + blanks + "]";
    } else {
      out += item;
    }
    if (item == "[") in_class = true;
    if (item == "]") in_class = false;
  }
  return out;
}

}  // namespace

Splitter::Splitter(const std::string& pattern)
    : pattern_(with_unicode_blanks(pattern), Pattern::Text::Unicode) {}

std::vector<Piece> Splitter::split(std::string_view text) const {
  PatternSearch search(pattern_, text);
  std::vector<Piece> pieces;
  size_t done = 0;
  for (size_t start = 0; start < text.size() && search.next(start);) {
    const size_t begin = search.begin(), end = search.end();
    if (end <= begin) {  // an empty match is none
      start = std::max(start, begin) + 1;
      continue;
    }
    if (begin > done) pieces.push_back({text.substr(done, begin - done), false});
    pieces.push_back({text.substr(begin, end - begin), true});
    done = start = end;
  }
  if (done < text.size()) pieces.push_back({text.substr(done), false});
  return pieces;
}

}  // namespace plumbline::text
