// Which words of a text are nouns.
#pragma once

#include <string>
#include <vector>

#include "plumbline/english/perceptron_tagger.h"
#include "plumbline/english/wordnet.h"

namespace plumbline::english {

// Whether WordNet has the word or one that it is a form of as a noun, in any case of its letters,
// and it is not one of the short words that hold sentences together ("a", "in", "can", "has"), all
// of which are nouns, too. "light", "leaves" and "walk" count as nouns wherever they stand.
bool may_be_noun(const std::string& word, const WordNet& wordnet);

// Whether the word may be a noun and is none less often than it is a verb, adjective or adverb in
// WordNet's annotated texts: "light" is, "leaves" and "red" are not.
bool is_mostly_noun(const std::string& word, const WordNet& wordnet);

// For each token whether it is a noun: by a tagger whose tag begins with "NN", or without one
// (null) by may_be_noun.
std::vector<bool> are_nouns(const std::vector<std::string>& tokens, const WordNet& wordnet,
                            const PerceptronTagger* tagger);

}  // namespace plumbline::english
