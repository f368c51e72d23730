// Princeton WordNet: which words there are, and the word that an inflected form belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace plumbline::english {

enum class WordClass { Noun, Verb, Adjective, Adverb };

inline constexpr const char* kWordNetFolder = "/usr/share/wordnet";  // Debian's wordnet-base

// Holds the words alone, about 20 MB for all classes of words. Immutable; safe to share.
class WordNet {
 public:
  // Reads index.* and *.exc of the given classes from a folder with the files of WordNet 3.0
  // (`dict` of its archive, or Debian's package wordnet-base). Throws IoError when they are not
  // there, and DataError naming file and line for what is not an index.
  explicit WordNet(const std::string& folder = kWordNetFolder,
                   const std::vector<WordClass>& classes = {
                       WordClass::Noun, WordClass::Verb, WordClass::Adjective, WordClass::Adverb});

  // Whether it has this word, in lower case and with "_" for blanks, in a class that was read.
  bool has(const std::string& word, WordClass word_class) const;

  // How often the word stands in WordNet's annotated texts in this class: 0 for most, and for all
  // where the folder has no cntlist.rev.
  int64_t uses(const std::string& word, WordClass word_class) const;

  // The shortest of the words that `word` may be a form of: itself, what the list of exceptions
  // says, or else what rules for endings give, if WordNet has it; `word` as it is if there is none.
  // Case counts: WordNet's words are in lower case.
  // Source: Miller et al.'s morphy, as NLTK 3.9's WordNetLemmatizer uses it (NLTK 3.8 applied the
  // rules repeatedly to words that had no match).
  std::string lemma(const std::string& word, WordClass word_class = WordClass::Noun) const;

 private:
  struct Words {
    bool is_read = false;
    std::unordered_set<std::string> words;
    std::unordered_map<std::string, std::vector<std::string>> exceptions;
    std::unordered_map<std::string, int64_t> uses;
  };
  void read_uses(const std::string& folder);
  const Words& words_of(WordClass word_class) const;

  std::array<Words, 4> words_;
};

}  // namespace plumbline::english
