// Which state of the sources a program was built from.
#pragma once

#include <string_view>

namespace plumbline {

// Git's abbreviated commit, with "-dirty" when files had changed since; "unknown" outside of a
// checkout.
std::string_view revision();

}  // namespace plumbline
