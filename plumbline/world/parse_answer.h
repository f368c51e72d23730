// Reads answers back: a strict parser from text to claims.
//
// The parser knows the sentences of language.h, their parts and obvious relatives, and nothing
// else. A sentence that does not parse as a whole (hedges, questions, negations, lists, digits,
// other languages, wrong agreement of number) yields no claim and is counted: a policy under
// optimisation will look for holes, so what cannot be read must never look good.
#pragma once

#include <string_view>
#include <vector>

#include "plumbline/world/claims.h"

namespace plumbline::world {

struct Sentence {
  size_t begin = 0, end = 0;
  std::vector<Statement> statements;  // empty: not parsed
};

// Sentences end at '.', '!', '?' or a line break. Linear in the length of the text.
std::vector<Sentence> parse_answer(std::string_view text);

}  // namespace plumbline::world
