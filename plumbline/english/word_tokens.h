// English text as words and punctuation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::english {

// The words and punctuation marks of a text, as NLTK's word_tokenize gives them: contractions are
// taken apart ("do" "n't", "dog" "'s", "can" "not"), double quotes become "``" and "''", and a
// period is a token of its own only at the end of a sentence. Bytes that are not UTF-8 become
// U+FFFD.
//
// Differs from NLTK where its trained model ends sentences elsewhere (see sentences.h): there, a
// period may stand with its word or alone.
std::vector<std::string> word_tokens(std::string_view text);

// The same of one sentence, exactly as NLTK's NLTKWordTokenizer.
//
// Source: the Penn Treebank's tokenisation (R. MacIntyre 1995) as NLTK 3.9 and 3.10 extend it.
std::vector<std::string> sentence_tokens(std::string_view sentence);

}  // namespace plumbline::english
