// Parts of speech by an averaged perceptron.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace plumbline::english {

// Immutable; safe to share.
class PerceptronTagger {
 public:
  // Reads NLTK's averaged_perceptron_tagger_eng: a folder with
  // averaged_perceptron_tagger_eng.{weights,tagdict,classes}.json. Throws IoError or DataError.
  explicit PerceptronTagger(const std::string& folder);

  // A tag of the Penn Treebank ("NN", "VBZ") for each token of a text, as NLTK's pos_tag gives
  // them: from left to right, each with the two tags before it.
  // Source: M. Honnibal's tagger (2013), as NLTK 3.9 has it.
  std::vector<std::string> tags(const std::vector<std::string>& tokens) const;

 private:
  size_t predict(const std::vector<std::string>& features) const;

  std::vector<std::string> classes_;                                                 // sorted
  std::unordered_map<std::string, std::vector<std::pair<size_t, double>>> weights_;  // by feature
  std::unordered_map<std::string, std::string> known_;  // words that have but one tag
};

}  // namespace plumbline::english
