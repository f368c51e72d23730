// The folder that the demo's stages lie in: a part of demo.cpp.
#pragma once

#include <memory>

#include "plumbline/base/files.h"

namespace plumbline::recipes {

// What may happen to a folder that holds something.
struct DemoOpening {
  bool resume = false;  // it is continued
  bool force = false;   // what a demo made of it is removed
};

// Throws ConfigError for a folder that holds something, unless it is a demo's and is resumed or
// replaced; and when `base`, the model to start from, lies in a folder that is replaced.
void check_demo_folder(const fs::path& root, DemoOpening opening, const fs::path& base);

// Makes it, holds it for this process (train::hold_folder), and removes an earlier demo from it
// that is replaced: stages and results by their names, nothing else.
std::shared_ptr<int> open_demo_folder(const fs::path& root, DemoOpening opening);

}  // namespace plumbline::recipes
