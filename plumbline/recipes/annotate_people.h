// The actions of `annotate` for people, on one file of tasks.
#pragma once

#include "plumbline/recipes/stages.h"

namespace plumbline::recipes {

void import_tasks(const Invocation&);        // pairs become tasks
void answer_tasks(const Invocation&);        // one annotator at the terminal
void export_comparisons(const Invocation&);  // what was said so far becomes comparisons

}  // namespace plumbline::recipes
