// One process at a time in a folder.
#pragma once

#include <memory>

#include "plumbline/base/files.h"

namespace plumbline::train {

inline constexpr const char* kLockName = ".lock";  // in a folder that is held

// Holds a folder for this process as long as the result lives; the system lets go when the process
// ends, however it ends. Throws ConfigError when another process holds it, and IoError.
std::shared_ptr<int> hold_folder(const fs::path& path);

}  // namespace plumbline::train
