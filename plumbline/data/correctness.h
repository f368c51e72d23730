// The correctness reward: what an example's known truth says of an answer's text.
#pragma once

#include <string_view>

#include "plumbline/data/records.h"

namespace plumbline::data {

// Multiple choice (A-D): 1 if the answer starts with the right letter and "." or contains
// "correct option is X.", else 0. Truth "no": +0.5 if it starts with "No", -0.5 if with "Yes", else
// 0. Truth "yes": 0, or with `is_symmetric` the mirror image. General: 0. Source: the released
// Fact-RLHF trainer (caption_type), which is_symmetric = false follows to the letter: "Nothing"
// begins with "No", "no" does not. Deliberate difference of is_symmetric, since the original
// teaches to say no: yes and no are words in any case, and count where the truth is yes, too.
double correctness(CaptionType type, std::string_view answer, bool is_symmetric);

}  // namespace plumbline::data
