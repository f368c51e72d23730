#include "plumbline/english/word_tokens.h"

#include "plumbline/base/pattern.h"
#include "plumbline/english/sentences.h"
#include "plumbline/text/python_text.h"
#include "plumbline/text/utf8.h"

namespace plumbline::english {
namespace {

namespace unicode = text::python;

// Rewrites every place where the expression matches; "$1" and so on stand for its groups.
struct Rewriting {
  Rewriting(const std::string& from, std::string to)
      : pattern(from, Pattern::Text::Unicode), replacement(std::move(to)) {}

  std::string operator()(const std::string& text) const {
    std::string out;
    size_t done = 0;
    PatternSearch search(pattern, text);
    while (done <= text.size() && search.next(done)) {
      out += std::string_view(text).substr(done, search.begin() - done);
      for (size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] == '$') {
          out += search.group(static_cast<size_t>(replacement[++i] - '0'));
        } else {
          out += replacement[i];
        }
      }
      done = search.end();
    }
    return out += std::string_view(text).substr(done);
  }

  Pattern pattern;
  std::string replacement;
};

std::string rewritten(std::string text, const std::vector<Rewriting>& steps) {
  for (const auto& step : steps) text = step(text);
  return text;
}

// Sets apart what is not part of a word. Order matters: a later step sees what an earlier one made.
const std::vector<Rewriting>& separations() {
  static const std::vector<Rewriting> steps = {
      // Opening quotes: at the beginning, or behind a blank or bracket.
      {"([«“‘„]|`+)", " $1 "},
      {"^\"", "``"},
      {"(``)", " $1 "},
      {"([ (\\[{<])(?:\"|'')", "$1 `` "},
      // An apostrophe before a word that is no ending ('s, 'll, ...).
      {"(?i)(?<!\\w)'(?!(?:re|ve|ll|[mtsdn])\\b)(?=\\w)", "' "},
      // The period at the end, with the quotes and brackets behind it.
      {"([^.])\\.([\\])}>\"'»”’ ]*+)\\s*$", "$1 . $2 "},
      // A colon or comma, but within numbers.
      {"([:,])(\\D)", " $1 $2"},
      {"([:,])$", " $1 "},
      {"(\\.{2,})", " $1 "},
      {"([;@#$%&])", " $1 "},
      {"([\\x{2012}-\\x{2015}])", " $1 "},
      {"([^.])\\.([\\])}>\"']*)\\s*$", "$1 .$2 "},
      {"([?!])", " $1 "},
      {"([^'])' ", "$1 ' "},
      {"(\\*)", " $1 "},
      {"([][(){}<>])", " $1 "},
      {"--", " -- "}};
  return steps;
}

// Takes words apart, in a text with a blank at either end.
const std::vector<Rewriting>& divisions() {
  static const std::vector<Rewriting> steps = {
      {"([»”’])", " $1 "},
      {"''", " '' "},
      {"\"", " '' "},
      {"\\s+", " "},
      {"([^' ])('[sSmMdD]|') ", "$1 $2 "},
      {"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "},
      {"(?i)\\b(can)(not)\\b", " $1 $2 "},
      {"(?i)\\b(d)('ye)\\b", " $1 $2 "},
      {"(?i)\\b(gim|lem)(me)\\b", " $1 $2 "},
      {"(?i)\\b(gon)(na)\\b", " $1 $2 "},
      {"(?i)\\b(got)(ta)\\b", " $1 $2 "},
      {"(?i)\\b(more)('n)\\b", " $1 $2 "},
      {"(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "},
      {"(?i) ('t)(is|was)\\b", " $1 $2 "}};
  return steps;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> pieces;
  while (true) {
    text.remove_prefix(unicode::leading_space(text));
    if (text.empty()) return pieces;
    size_t end = 0;
    while (end < text.size()) {
      const auto character = unicode::first_code_point(text.substr(end));
      if (unicode::is_space(character.code)) break;
      end += character.bytes;
    }
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

std::vector<std::string> sentence_tokens(std::string_view sentence) {
  const std::string apart = rewritten(text::repaired_utf8(sentence), separations());
  return split(rewritten(" " + apart + " ", divisions()));
}

std::vector<std::string> word_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  for (const auto& sentence : sentences(text::repaired_utf8(text))) {
    for (auto& token : sentence_tokens(sentence)) tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace plumbline::english
