#include "plumbline/english/sentences.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "plumbline/text/jinja_unicode.h"

namespace plumbline::english {
namespace {

namespace unicode = text::jinja;

constexpr std::string_view kStops = ".?!";
// Ends a word, and lets a sentence end before it as white space does.
constexpr std::string_view kBreaks = ")\";}]*:@'({[?!";
constexpr std::string_view kClosing = "\"')]}";

const std::set<std::string, std::less<>> kAbbreviations = {
    "a.m", "co",  "corp", "dr",  "e.g",  "i.e", "inc", "jr",  "ltd",
    "mr",  "mrs", "ms",   "p.m", "prof", "sr",  "st",  "u.s", "vs"};

bool contains(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

// Bytes of white space that the text begins with.
size_t space_at(std::string_view text) { return unicode::leading_space(text); }

bool begins_with_space(std::string_view text) {
  return !text.empty() && unicode::is_space(unicode::first_code_point(text).code);
}

// The word that ends at the end of this text.
std::string_view last_word(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0) {
    size_t before = begin - 1;
    while (before > 0 && (text[before] & 0xC0) == 0x80) --before;
    if (begins_with_space(text.substr(before)) || contains(kBreaks, text[before])) break;
    begin = before;
  }
  return text.substr(begin);
}

bool is_number(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  if (word.starts_with('.') || word.starts_with(',')) word.remove_prefix(1);
  if (word.empty() || !std::isdigit(static_cast<unsigned char>(word.front()))) return false;
  return std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isdigit(c) || c == ',' || c == '.' || c == '-';
  });
}

bool is_initial(std::string_view word) {
  if (word.empty()) return false;
  const std::string_view first = unicode::first_character(word);
  return first.size() == word.size() &&
         (word == "_" || unicode::lower(first) != unicode::upper(first));
}

bool is_abbreviation(std::string_view word) {
  const std::string lower = unicode::lower(word);
  return kAbbreviations.contains(lower) ||
         kAbbreviations.contains(lower.substr(lower.rfind('-') + 1));
}

// Whether the period behind `before` ends a sentence; `after` is what follows it.
bool ends_sentence(std::string_view before, std::string_view after) {
  const std::string_view word = last_word(before);
  if (word.ends_with('.') || is_abbreviation(word)) return false;
  const std::string_view next =
      begins_with_space(after) ? unicode::first_character(after.substr(space_at(after))) : "";
  const bool is_cased = unicode::is_lower(next) || unicode::is_upper(next);
  if (is_initial(word)) return !is_cased;
  return !(is_number(word) && unicode::is_lower(next));
}

// Bytes of closing quotes and brackets at the beginning that belong to the sentence before.
size_t closing_at(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && contains(kClosing, text[end])) ++end;
  const std::string_view rest = text.substr(end);
  return rest.empty() || begins_with_space(rest) || rest.starts_with("--") ? end : 0;
}

}  // namespace

std::vector<std::string> sentences(std::string_view text) {
  text.remove_suffix(unicode::trailing_space(text));
  std::vector<std::string> found;
  size_t begin = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const std::string_view after = text.substr(i + 1);
    if (i < begin || !contains(kStops, text[i])) continue;
    if (!begins_with_space(after) && !contains(kBreaks, after.front())) continue;
    if (text[i] == '.' && !ends_sentence(text.substr(begin, i - begin), after)) continue;
    size_t next = i + 1 + space_at(after);
    const size_t closing = closing_at(text.substr(next));
    // A quote stays with the sentence before even behind a blank, as Punkt has it.
    const size_t end = closing > 0 ? next + closing : i + 1;
    found.emplace_back(text.substr(begin, end - begin));
    begin = end + space_at(text.substr(end));
  }
  if (begin < text.size()) found.emplace_back(text.substr(begin));
  return found;
}

}  // namespace plumbline::english
