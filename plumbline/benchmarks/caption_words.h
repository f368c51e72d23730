// The words of a caption in the form that COCO's objects are looked up in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plumbline/english/perceptron_tagger.h"
#include "plumbline/english/wordnet.h"
#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

enum class LemmaRule {
  Words,  // the singular by rules, of every word: CHAIR's reference
  Noun,   // WordNet's noun that a word is a form of: RLHF-V, RLAIF-V
  Pos     // WordNet's word of the class that a tagger gives: the stand-alone copies of CHAIR
};

// The files of language that benchmarks read: inputs "wordnet" and "tagger".
eval::InputSpec wordnet_input();
eval::InputSpec tagger_input();
english::WordNet read_wordnet(const eval::EvalRequest& request);
// Null if none was given.
std::unique_ptr<english::PerceptronTagger> read_tagger(const eval::EvalRequest& request);

class CaptionWords {
 public:
  // Reads what the rule needs of the request's files. Throws IoError, or ConfigError for Pos
  // without a tagger.
  CaptionWords(LemmaRule rule, const eval::EvalRequest& request);

  // Tokens of the caption in lower case, each reduced by the rule.
  std::vector<std::string> operator()(const std::string& caption) const;

 private:
  LemmaRule rule_;
  std::unique_ptr<english::WordNet> wordnet_;
  std::unique_ptr<english::PerceptronTagger> tagger_;
};

}  // namespace plumbline::benchmarks
