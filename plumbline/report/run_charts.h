// Charts of runs side by side.
#pragma once

#include <string>
#include <vector>

#include "plumbline/report/run.h"

namespace plumbline::report {

// Proxy reward against gold score, training curves (of several seeds, "NAME-seed1", the mean and a
// band from the lowest to the highest; reward terms of the first seed alone), bars by question type
// of the methods (by_method), as <svg> elements.
std::string run_charts(const std::vector<Run>& runs, const std::vector<Run>& methods);

}  // namespace plumbline::report
