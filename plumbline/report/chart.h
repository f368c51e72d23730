// Charts as SVG text.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace plumbline::report {

// `color` is an index into the palette of html.h's page. Up to six lines differ by their dashes as
// well, up to four by the shape of their dots.
struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points = {};  // x ascending
  int color = 0;
  bool is_dashed = false;
  bool has_dots = false;  // at its points
  // Of the last points, which it does not join; their whiskers end at the edge, if not before.
  size_t num_apart = 0;
  // Of each point, or empty: its band in y, its intervals in x and y as whiskers, a word beside it.
  std::vector<std::pair<double, double>> band = {}, x_ranges = {}, y_ranges = {};
  std::vector<std::string> labels = {};
};

struct LineChart {
  std::string title;
  std::string x_label = {};
  std::string y_label = {};
  std::vector<Line> lines = {};
};

// One bar per series in each group, with its interval as a whisker; none where the value is NaN.
// Series differ by stripes as well as by colour.
struct Bar {
  double value = 0, low = 0, high = 0;
};
struct BarChart {
  std::string title;
  std::string y_label = {};
  std::vector<std::string> groups = {};
  std::vector<std::string> series = {};
  std::vector<std::vector<Bar>> bars = {};  // [series][group]
  size_t first_color = 0;                   // of the first series; the others follow
};

// <svg> elements with axes, ticks and a legend, in the colours of html.h's page. Lines without
// points are left out.
std::string svg(const LineChart& chart);
std::string svg(const BarChart& chart);

// Round tick values that cover [low, high], about `count` of them.
std::vector<double> ticks(double low, double high, int count);

}  // namespace plumbline::report
