// Numbers as Python reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumbline::eval {

// float(text): white space around it is allowed, so are "1_0", "nan" and "inf". Nothing where
// Python throws. Digits of other scripts, which Python takes too, are not read.
std::optional<double> python_float(std::string_view text);

// repr(value): the shortest text that reads the same, with a point or an exponent.
std::string python_repr(double value);

}  // namespace plumbline::eval
