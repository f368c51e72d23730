#include "plumbline/english/noun_tests.h"

#include <algorithm>
#include <set>

#include "plumbline/text/python_text.h"

namespace plumbline::english {
namespace {

// Articles, pronouns, prepositions, conjunctions, auxiliaries and a few adverbs that WordNet also
// lists as nouns: letters, chemical symbols, American states, musical notes and the like.
const std::set<std::string, std::less<>> kFunctionWords = {
    "a",      "about", "above",  "across", "after", "all",     "am",    "an",      "and",   "any",
    "are",    "as",    "at",     "be",     "been",  "before",  "being", "below",   "both",  "but",
    "by",     "can",   "could",  "did",    "do",    "does",    "down",  "each",    "few",   "for",
    "from",   "had",   "has",    "have",   "he",    "her",     "here",  "him",     "his",   "i",
    "if",     "in",    "inside", "is",     "it",    "its",     "like",  "many",    "may",   "me",
    "might",  "more",  "most",   "much",   "must",  "my",      "near",  "no",      "nor",   "not",
    "now",    "of",    "off",    "on",     "or",    "our",     "out",   "outside", "over",  "she",
    "should", "so",    "some",   "such",   "than",  "that",    "the",   "their",   "them",  "then",
    "there",  "these", "they",   "this",   "those", "through", "to",    "too",     "under", "up",
    "us",     "very",  "was",    "we",     "were",  "what",    "when",  "where",   "which", "while",
    "who",    "why",   "will",   "with",   "would", "yet",     "you",   "your"};

}  // namespace

bool may_be_noun(const std::string& word, const WordNet& wordnet) {
  const std::string lower = text::python::lower(word);
  if (kFunctionWords.contains(lower)) return false;
  return wordnet.has(wordnet.lemma(lower), WordClass::Noun);
}

bool is_mostly_noun(const std::string& word, const WordNet& wordnet) {
  if (!may_be_noun(word, wordnet)) return false;
  const std::string lower = text::python::lower(word);
  const auto uses = [&](WordClass word_class) {
    return wordnet.uses(wordnet.lemma(lower, word_class), word_class);
  };
  return uses(WordClass::Noun) >=
         std::max({uses(WordClass::Verb), uses(WordClass::Adjective), uses(WordClass::Adverb)});
}

std::vector<bool> are_nouns(const std::vector<std::string>& tokens, const WordNet& wordnet,
                            const PerceptronTagger* tagger) {
  std::vector<bool> nouns;
  if (tagger == nullptr) {
    for (const auto& token : tokens) nouns.push_back(may_be_noun(token, wordnet));
    return nouns;
  }
  for (const auto& tag : tagger->tags(tokens)) nouns.push_back(tag.starts_with("NN"));
  return nouns;
}

}  // namespace plumbline::english
