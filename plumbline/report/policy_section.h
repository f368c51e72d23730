// What a page shows of a policy that was optimised: its reward's terms, and how answers changed.
#pragma once

#include <string>

#include "plumbline/report/chart.h"
#include "plumbline/report/run.h"

namespace plumbline::report {

// The mean of each reward term by iteration; no lines for a run that is not PPO's.
LineChart reward_terms_chart(const Run& run);

// Greedy answers to the first prompts after the first and the last of the iterations that kept
// samples, as a table; empty without samples. Throws DataError for a broken file.
std::string changed_answers_html(const Run& run);

}  // namespace plumbline::report
