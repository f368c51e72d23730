// How VLMEvalKit reads yes and no.
#pragma once

#include <string>

#include "plumbline/eval/yes_no.h"

namespace plumbline::benchmarks {

// The lower-case text without punctuation, split at white space, holds the word yes or else the
// word no, not both. Of the marks ; / [ ] " { } ( ) = + \ _ - > < @ ` , ? ! those that stand beside
// a blank somewhere are deleted, and all if a digit, a comma and a digit follow each other; the
// others become blanks. The first 32 points with no digit behind are deleted. All other marks stay
// with their word: "no:" and "**no**" are not no. Source: VLMEvalKit, vlmeval/dataset/utils/yorn.py
// and process_punctuation.
eval::YesNo vlmevalkit_yes_no(const std::string& answer);

}  // namespace plumbline::benchmarks
