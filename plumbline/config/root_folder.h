// Where Plumbline's own files lie.
#pragma once

#include "plumbline/base/files.h"

namespace plumbline::config {

// The folder that holds configs/ and assets/: $PLUMBLINE_HOME, the current one, or one above the
// program. Throws IoError when it is none of them.
fs::path find_root();

}  // namespace plumbline::config
