// The object names within what a judge lists.
#pragma once

#include <string>
#include <vector>

#include "plumbline/benchmarks/coco_objects.h"
#include "plumbline/english/perceptron_tagger.h"
#include "plumbline/english/wordnet.h"

namespace plumbline::benchmarks {

// Finds, in "a " + a listed text, the pairs of words that count as one object, or where there are
// none the runs of nouns: "a red dining table" names "dining table", "three dogs" names "dog".
//
// Differs from the reference, which uses spaCy's transformer model for lemmas and tags. Here lemmas
// are WordNet's, and nouns are a tagger's or, without one, by WordNet: the last word of a listed
// text counts as a noun if it may be one, the words before it if they mostly are.
class NamedObjects {
 public:
  // `tagger` may be null. All must outlive this.
  NamedObjects(const CocoObjects& objects, const english::WordNet& wordnet,
               const english::PerceptronTagger* tagger)
      : objects_(objects), wordnet_(wordnet), tagger_(tagger) {}

  // Each name once, in the order of the lists.
  std::vector<std::string> operator()(const std::vector<std::string>& listed) const;

 private:
  std::vector<std::string> in(const std::string& text) const;

  const CocoObjects& objects_;
  const english::WordNet& wordnet_;
  const english::PerceptronTagger* tagger_;
};

}  // namespace plumbline::benchmarks
