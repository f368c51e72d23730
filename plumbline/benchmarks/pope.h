// POPE: is there a ... in the image? (Li et al. 2023, arXiv 2305.10355)
#pragma once

#include "plumbline/eval/benchmark.h"
#include "plumbline/eval/yes_no.h"

namespace plumbline::benchmarks {

// Who reads the answers.
enum class PopeRule { Official, Vcd, Lmms, VlmEvalKit };

// What an answer counts as.
//   Official    also LLaVA's and LLaVA-RLHF's: of what stands before the first ".", without commas,
//               a piece between single blanks that is "No", "no" or "not" says no, all else yes
//   Vcd         truth yes: right if the lower-case text contains "yes"; truth no: if it contains
//               "no", anywhere
//   Lmms        the lower-case text is exactly "yes" or "no"; its yes-ratio is the truth's
//   VlmEvalKit  the word yes or else the word no, not both
eval::YesNoOutcome read_pope_answer(const std::string& answer, bool is_truth_yes, PopeRule rule);

eval::Benchmark pope();

}  // namespace plumbline::benchmarks
