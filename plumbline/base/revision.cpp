#include "plumbline/base/revision.h"

#include "plumbline_revision.h"  // made by cmake/revision.cmake

namespace plumbline {

std::string_view revision() { return PLUMBLINE_REVISION; }

}  // namespace plumbline
