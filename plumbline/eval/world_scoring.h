// Answers to the world's benchmark, judged by rule, as sums.
#pragma once

#include <vector>

#include "plumbline/eval/rated_answers.h"
#include "plumbline/eval/scoring.h"

namespace plumbline::eval {

// Questions: the eight types of MMHal-Bench. Yes/no: POPE's questions. Descriptions: questions of
// type "description". Figures:
//   hallucination      questions whose answer holds a false claim or nothing readable
//   score              mean of 0-6 over questions
//   f1, yes_rate, accuracy   of yes/no; an answer that says neither counts as "no"
//   chair_i, chair_s   object mentions in descriptions that are not in the scene; descriptions with
//                      at least one of them
//   false_description  descriptions with any false claim (attributes and counts too)
//   coverage           share of a scene's kinds that its description names
//   told_truly         share of them that it names and says nothing false of
//   length, repeats    words of a description, and claims it says again
//   unparsed           sentences the judge could not read, per answer
//   yes_bias           how far yes_rate lies from the share of questions whose answer is "yes"
//   type/T/score, type/T/hallucination   of each type T of the benchmark, yes_no included
// Source: CHAIR: Rohrbach et al. 2018 (arXiv 1809.02156); POPE: Li et al. 2023 (arXiv 2305.10355).
Scoring world_scoring(const std::vector<RatedAnswer>& rated);

// The figures above but those of types, in their order.
const std::vector<FigureSpec>& world_figure_specs();

}  // namespace plumbline::eval
