// What carries out each subcommand.
#pragma once

#include <string>

#include "plumbline/recipes/stages.h"

namespace plumbline::app {

using Runner = void (*)(const recipes::Invocation&);

// By the name of stage_list.h. InternalError for another.
Runner runner_of(const std::string& stage);

}  // namespace plumbline::app
