// AMBER: objects in descriptions, and yes/no questions (Wang et al. 2023, arXiv 2311.07397).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Reads a query file of AMBER's, all parts or one; figures are of the parts it has.
//   lexical     no word vectors: words are alike if they are equal. The default, as the vectors of
//               the script (spaCy's en_core_web_lg) come with that program only
//   official    words are alike also by vectors, from a text file of them
//   vlmevalkit  yes/no questions alone: the word yes or no anywhere, accuracy only
// Nouns are a tagger's (the script's, with NLTK's weights as input "tagger") or, without one, words
// that WordNet has as nouns; a note says which.
eval::Benchmark amber();

}  // namespace plumbline::benchmarks
