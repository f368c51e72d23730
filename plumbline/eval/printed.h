// Numbers as the official scripts print them.
#pragma once

#include <string>

namespace plumbline::eval {

// How an official script shows a figure.
struct Format {
  enum class Style {
    Fixed,   // C's and Python's "%.2f": the exact binary value, ties to even: 0.125 is 0.12
    Rounded  // Python's print(round(x, 2)): the same value in its shortest form: 3.5, and 3.0
  };
  Style style = Style::Fixed;
  int digits = 3;
  double scale = 1;  // 100 for percent
};

// "n/a" for NaN.
std::string printed(double value, const Format& format);

// Python's round(x, digits) as a number, for figures that are rounded before a later step.
double python_round(double value, int digits);

}  // namespace plumbline::eval
