// What came out, in a sentence or two, and the words that a page uses.
#pragma once

#include <string>
#include <vector>

#include "plumbline/report/run.h"

namespace plumbline::report {

// The last of the evaluated runs against the first, and what one run can tell; of a smoke run, that
// it tells nothing. Empty without two methods.
std::string summary_html(const std::vector<Run>& runs, bool is_smoke_run);

// The words of figures and methods, each with its meaning, to be unfolded.
std::string words_html();

}  // namespace plumbline::report
