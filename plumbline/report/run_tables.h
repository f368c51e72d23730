// Figures of runs in rows and columns, for terminals and pages.
#pragma once

#include <string>
#include <vector>

#include "plumbline/report/run.h"

namespace plumbline::report {

// The figures of evaluated runs, by method, as a plain text table for a terminal.
std::string figures_table(const std::vector<Run>& runs);

// Reward models' held-out accuracy as plain text lines; empty when no run has one.
std::string reward_table(const std::vector<Run>& runs);

// A row for each figure that one of the methods (by_method) has.
std::string figures_html(const std::vector<Run>& methods);

// How long each run took, its memory, and how to repeat it; empty when no run is complete.
std::string cost_html(const std::vector<Run>& runs);

}  // namespace plumbline::report
