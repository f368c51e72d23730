// One person compares answers at a terminal.
#pragma once

#include <iosfwd>
#include <string>

#include "plumbline/annotate/task_store.h"

namespace plumbline::annotate {

// Shows the annotator one task after the other, the two answers on drawn sides, and records what is
// typed, until it is "q", the input ends or nothing is left for them. What was recorded is safe at
// once; a task that was only shown comes again. Pictures are named, below `image_folder`, not
// shown. Throws what the store throws, DataError for a task that is no pair, and Interrupted.
void interview(TaskStore& store, const std::string& annotator, const std::string& image_folder,
               std::istream& in, std::ostream& out);

}  // namespace plumbline::annotate
