// AMBER's generative part: which of a description's nouns are in an image.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/benchmarks/word_vectors.h"

namespace plumbline::benchmarks {

// What one description's nouns are.
struct AmberMentions {
  std::vector<std::string> kept;          // nouns of AMBER's words, repeats among them
  std::vector<std::string> hallucinated;  // those that are not in the image
  std::set<std::string> covered;          // words of the truth that are named
  std::set<std::string> imagined;         // words that people would imagine there, and are named
};

// What annotators say of an image: words of AMBER's associations.
struct AmberTruth {
  std::vector<std::string> there, not_there;
};

class AmberObjects {
 public:
  // Reads relation.json ({word: [associated words]}) and safe_words.txt (a word per line). Throws
  // IoError or DataError.
  AmberObjects(const std::string& associations, const std::string& safe_words);

  // All words that occur.
  const std::set<std::string>& words() const { return words_; }

  // Throws DataError naming `where` for a word without associations.
  void check(const AmberTruth& truth, const std::string& where) const;

  // Goes through the nouns that are AMBER's words. Safe words are passed over. One that is in the
  // truth or associated with it marks the first word of the truth that owns it as covered. Else,
  // one that is in `not_there` or associated with it marks the word there, and so does one whose
  // vector is alike (cosine above 0.8); a noun alike to a word of the truth marks that as covered,
  // and all others are hallucinated. Source: junyangwang0410/AMBER inference.py (5e1fd52). Without
  // vectors only equal words are alike.
  AmberMentions mentions(const std::vector<std::string>& nouns, const AmberTruth& truth,
                         const WordVectors& vectors) const;

 private:
  struct Owned {
    std::string word, owner;
  };
  // Associated words of all, then the words themselves.
  std::vector<Owned> owned(const std::vector<std::string>& words) const;

  std::unordered_map<std::string, std::vector<std::string>> associations_;
  std::set<std::string> words_, safe_;
};

}  // namespace plumbline::benchmarks
