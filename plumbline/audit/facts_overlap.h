// How much of an answer's wording occurs in the facts: the baseline that a reward model with facts
// must beat to have understood rather than matched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::audit {

// The share of the answer's content words that occur in one of the facts, each as often as the
// answer says it; 0 for an answer without content words. Word by word: neither order nor inflection
// count ("cup" does not occur in "two cups"), and "no cup" holds as much of a fact as "a cup".
//   words          runs of letters, marks, digits and apostrophes within, in lower case
//   content words  all but articles, pronouns, auxiliaries, prepositions, conjunctions, "yes", "no"
//                  and "there", a list of English words of our own
double facts_overlap(std::string_view answer, const std::vector<std::string>& facts);

}  // namespace plumbline::audit
