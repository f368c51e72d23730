// The error for outside data that a benchmark cannot use.
#pragma once

#include <string>

#include "plumbline/base/error.h"

namespace plumbline::eval {

DataError unfit(const std::string& doing, const std::string& expected, const std::string& got,
                const std::string& where, const std::string& hint = {});

}  // namespace plumbline::eval
