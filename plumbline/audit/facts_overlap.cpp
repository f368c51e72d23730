#include "plumbline/audit/facts_overlap.h"

#include <set>

#include "plumbline/text/python_text.h"
#include "plumbline/text/unicode_class.h"
#include "plumbline/text/utf8.h"

namespace plumbline::audit {
namespace {

const std::set<std::string, std::less<>>& stop_words() {
  static const std::set<std::string, std::less<>> words = {
      "a",     "an",   "the",   "this",  "that",  "these",   "those",  "i",     "you",   "he",
      "she",   "it",   "we",    "they",  "its",   "their",   "his",    "her",   "my",    "your",
      "our",   "them", "him",   "me",    "us",    "who",     "which",  "what",  "is",    "are",
      "was",   "were", "be",    "been",  "being", "am",      "has",    "have",  "had",   "do",
      "does",  "did",  "can",   "could", "will",  "would",   "may",    "might", "must",  "should",
      "shall", "of",   "in",    "on",    "at",    "to",      "from",   "by",    "for",   "with",
      "as",    "into", "about", "than",  "and",   "or",      "but",    "nor",   "so",    "if",
      "while", "when", "where", "how",   "not",   "no",      "yes",    "there", "here",  "some",
      "any",   "each", "also",  "very",  "it's",  "there's", "that's", "isn't", "aren't"};
  return words;
}

bool is_apostrophe(char32_t code) { return code == U'\'' || code == U'\u2019'; }

// The content words of a text, in order.
std::vector<std::string> content_words(std::string_view text) {
  const std::string lower = text::python::lower(text::repaired_utf8(text));
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    while (word.ends_with('\'')) word.pop_back();
    if (!word.empty() && !stop_words().contains(word)) words.push_back(word);
    word.clear();
  };
  for (std::string_view rest = lower; !rest.empty();) {
    const auto character = text::first_character(rest);
    if (is_apostrophe(character.code) && !word.empty()) {
      word += '\'';
    } else if (text::is_word(character.code)) {
      word += rest.substr(0, character.length);
    } else {
      finish();
    }
    rest.remove_prefix(character.length);
  }
  finish();
  return words;
}

}  // namespace

double facts_overlap(std::string_view answer, const std::vector<std::string>& facts) {
  std::set<std::string> known;
  for (const auto& fact : facts) {
    for (auto& word : content_words(fact)) known.insert(std::move(word));
  }
  const auto words = content_words(answer);
  double found = 0;
  for (const auto& word : words) found += known.contains(word) ? 1 : 0;
  return words.empty() ? 0 : found / static_cast<double>(words.size());
}

}  // namespace plumbline::audit
