// Pictures with the answers of all systems side by side.
#pragma once

#include <string>
#include <vector>

#include "plumbline/report/run.h"

namespace plumbline::report {

// Where the first and the last of several systems differ, one question each of up to four types:
// those that the last one answers without hallucination where the first did not, and the other way
// round; then the first questions of each type, whatever they show. False claims are marked, the
// picture's facts listed. Empty when no run has answers.
std::string examples_html(const std::vector<Run>& runs);

}  // namespace plumbline::report
