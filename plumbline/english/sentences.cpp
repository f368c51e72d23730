#include "plumbline/english/sentences.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "plumbline/base/pattern.h"
#include "plumbline/text/python_text.h"

namespace plumbline::english {
namespace {

namespace unicode = text::python;

constexpr const char* kSpace = " \t\n\r\v\f";
const std::string kCurly = "‘’“”«»";

const std::set<std::string, std::less<>> kAbbreviations = {
    "a.m", "co",  "corp", "dr",  "e.g",  "i.e", "inc", "jr",  "ltd",
    "mr",  "mrs", "ms",   "p.m", "prof", "sr",  "st",  "u.s", "vs"};

Pattern pattern(const std::string& expression) {
  return Pattern(expression, Pattern::Text::Unicode);
}

// A stop, and what may follow a sentence: punctuation, or white space and a word (group 2).
const Pattern& stop_pattern() {
  static const Pattern stop = pattern("[.?!](?=([)\";}\\]*:@'({[?!" + kCurly + "]|\\s+(\\S+)))");
  return stop;
}

// Words and marks; periods stay with their words.
const Pattern& token_pattern() {
  static const std::string marks = "[)\";}\\]*:@'({[?!" + kCurly + "]";
  static const std::string runs = "(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)";
  static const Pattern token = pattern(runs + "|[^\\s(\"`{[:;&#*@)}\\]\\-,]\\S*?(?=\\s|$|" + marks +
                                       "|" + runs + "|,(?=$|\\s|" + marks + "|" + runs + "))|\\S");
  return token;
}

std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  PatternSearch search(token_pattern(), text);
  for (size_t at = 0; search.next(at); at = search.end()) tokens.emplace_back(search.group(0));
  return tokens;
}

// With or without a period behind it.
bool is_number(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  if (word.starts_with('.') || word.starts_with(',')) word.remove_prefix(1);
  if (word.empty() || !std::isdigit(static_cast<unsigned char>(word.front()))) return false;
  return std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isdigit(c) || c == ',' || c == '.' || c == '-';
  });
}

bool is_letter(std::string_view word) {
  if (word.empty() || unicode::first_character(word).size() != word.size()) return false;
  static const Pattern letter = pattern("[^\\W\\d]");
  return letter.found_in(word);
}

bool is_abbreviation(std::string_view word) {
  const std::string lower = unicode::lower(word);
  return kAbbreviations.contains(lower) ||
         kAbbreviations.contains(lower.substr(lower.rfind('-') + 1));
}

// Whether a sentence ends behind `token`, which `next` follows.
bool ends_sentence(std::string_view token, std::string_view next) {
  if (token == "." || token == "?" || token == "!") return true;
  if (!token.ends_with('.') || token.ends_with("..")) return false;
  const std::string_view word = token.substr(0, token.size() - 1);
  if (is_abbreviation(word)) return false;
  const std::string_view first = unicode::first_character(next);
  const bool goes_on =
      unicode::is_lower(first) ||
      (next.size() == 1 && std::string_view(";:,.!?").find(next) != std::string_view::npos);
  if (is_letter(word)) return !goes_on && !unicode::is_upper(first);
  return !(is_number(word) && goes_on);
}

// Whether one ends within the text, before its last token.
bool has_end(const std::string& text) {
  const auto tokens = tokens_of(text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (ends_sentence(tokens[i], tokens[i + 1])) return true;
  }
  return false;
}

struct Slice {
  size_t begin, end;
};

// A place where a sentence may end.
struct Stop {
  size_t word_begin, begin, end;
  std::string after;                 // the mark, or white space and the word
  std::optional<size_t> next_begin;  // of the word behind white space
};

// Of the stops of one word (text without white space) the last.
std::vector<Stop> stops_of(const std::string& text) {
  std::vector<Stop> stops;
  PatternSearch search(stop_pattern(), text);
  size_t word_begin = 0, seen = 0;
  for (size_t at = 0; search.next(at); at = search.end()) {
    for (; seen < search.begin(); ++seen) {
      // White space at the very beginning is not looked at, as Punkt has it.
      if (seen > 0 && std::string_view(kSpace).find(text[seen]) != std::string_view::npos) {
        word_begin = seen + 1;
      }
    }
    Stop stop{.word_begin = word_begin,
              .begin = search.begin(),
              .end = search.end(),
              .after = std::string(search.group(1)),
              .next_begin = std::nullopt};
    if (!search.group(2).empty()) stop.next_begin = search.begin(2);
    const bool is_same_word = !stops.empty() && stops.back().begin > stop.word_begin;
    if (is_same_word) stops.pop_back();
    stops.push_back(std::move(stop));
  }
  return stops;
}

// Bytes at the beginning that belong to the sentence before: closing quotes and brackets, and white
// space behind them.
Slice closing_of(std::string_view text) {
  static const Pattern closing = pattern("^([\"')\\]}" + kCurly + "]+?)(?:\\s+|(?=--)|$)");
  PatternSearch search(closing, text);
  if (!search.next(0)) return {0, 0};
  return {search.end(1), search.end()};
}

}  // namespace

std::vector<std::string> sentences(std::string_view given) {
  given.remove_suffix(unicode::trailing_space(given));
  const std::string text(given);
  std::vector<Slice> slices;
  size_t begin = 0;
  for (const Stop& stop : stops_of(text)) {
    if (!has_end(text.substr(stop.word_begin, stop.end - stop.word_begin) + stop.after)) continue;
    slices.push_back({begin, stop.end});
    begin = stop.next_begin.value_or(stop.end);
  }
  slices.push_back({begin, text.size()});

  std::vector<std::string> found;
  for (size_t i = 0; i < slices.size(); ++i) {
    auto [from, to] = slices[i];
    if (i + 1 < slices.size()) {
      const auto& next = slices[i + 1];
      const auto [end, moved] =
          closing_of(std::string_view(text).substr(next.begin, next.end - next.begin));
      if (moved > 0) to = next.begin + end;
      slices[i + 1].begin += moved;
    }
    if (from < to) found.push_back(text.substr(from, to - from));
  }
  return found;
}

}  // namespace plumbline::english
