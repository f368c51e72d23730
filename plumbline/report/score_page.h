// A page about answers to a benchmark: figures, bars by type, the worst answers.
#pragma once

#include <string>

#include "plumbline/eval/score_report.h"

namespace plumbline::report {

// Self-contained HTML, readable without colour. One or two systems side by side. Figures with
// names of two parts ("random/f1", "score/counting") become bars.
std::string score_html(const eval::ScoreReport& report);

}  // namespace plumbline::report
