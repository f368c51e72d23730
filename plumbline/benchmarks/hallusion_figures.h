// HallusionBench's accuracies.
#pragma once

#include <vector>

#include "plumbline/benchmarks/hallusion_records.h"
#include "plumbline/eval/scoring.h"

namespace plumbline::benchmarks {

struct HallusionStyle {
  bool is_kit = false;             // VLMEvalKit's: no easy and hard, the mean of the three beside
  bool is_easy_by_figure = false;  // easy: figure 0; otherwise: visual_input not 2
};

// Adds figures, units and sums. All in percent with four digits, in all and under "VD/" and "VS/":
//   aAcc        questions answered right
//   qAcc        groups of a question over all figures of its set, all right
//   fAcc        groups of a figure's questions, all right; a figure 0 of VS is none
//   easy, hard  as qAcc, of the easy and of the hard questions
//   overall     the mean of aAcc, fAcc and qAcc (VLMEvalKit's)
// Units are sets, across which no group goes.
void add_hallusion_figures(eval::Scoring& scoring, const std::vector<HallusionQuestion>& questions,
                           const std::vector<bool>& rights, const HallusionStyle& style);

}  // namespace plumbline::benchmarks
