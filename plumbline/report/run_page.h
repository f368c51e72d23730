// One page from several run folders, side by side.
#pragma once

#include <string>
#include <vector>

#include "plumbline/report/run.h"

namespace plumbline::report {

// Figures, charts (run_charts.h), changed answers of the first seeds, examples with the answers of
// all evaluated runs side by side, false claims marked and the picture's facts beside them, and how
// long each run took and how to repeat it.
std::string runs_html(const std::vector<Run>& runs);

}  // namespace plumbline::report
