// Reading comprehension: the base learns to compare an answer with facts in exactly the form in
// which the reward model will be asked. Without that skill a small model gains nothing from facts.
#pragma once

#include "plumbline/data/records.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::world {

// A conversation of 3 to 5 rounds of question, answer and judgement about one picture:
//   user       "<image>\nFacts:\n- CAPTION\n...QUESTION"   (later rounds: the question alone)
//   assistant  the answer, right or wrong; a training target only where it is right and leaves
//   nothing
//              out: finding an answer in the facts is half of judging it by them
//   user       kJudgeTurn
//   assistant  kVerdictGood or kVerdictBad, by the judge: good means a score of at least 4
// Half of them have no picture (no placeholder, image empty); a quarter of those with one have no
// facts. Half of those with facts begin with one round of inventory (grounding.h).
data::Conversation reading_conversation(const Scene& scene, const std::string& id,
                                        const std::string& image, RandomKey key);

// An answer as a policy might give it: with probability one half wrong (counts, colours, absent
// objects, denials, an additional false sentence), descriptions often incomplete.
std::string plausible_answer(const BenchmarkItem& item, RandomKey key);

}  // namespace plumbline::world
