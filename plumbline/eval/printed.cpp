#include "plumbline/eval/printed.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace plumbline::eval {

double python_round(double value, int digits) {
  if (!std::isfinite(value)) return value;
  return std::strtod(fmt::format("{:.{}f}", value, digits).c_str(), nullptr);
}

std::string printed(double value, const Format& format) {
  if (std::isnan(value)) return "n/a";
  const double scaled = value * format.scale;
  if (format.style == Format::Style::Fixed) return fmt::format("{:.{}f}", scaled, format.digits);
  std::string text = fmt::format("{}", python_round(scaled, format.digits));
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace plumbline::eval
