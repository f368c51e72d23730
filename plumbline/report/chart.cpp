#include "plumbline/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/report/html.h"
#include "plumbline/report/label_places.h"

namespace plumbline::report {
namespace {

constexpr double kWidth = 560, kHeight = 300;  // without the legend
constexpr double kLeft = 68, kRight = 16, kTop = 34, kBottom = 42;
constexpr double kLegendRow = 18;
constexpr const char* kDashes[kNumColors] = {"", "8 3", "2 3", "9 3 2 3", "5 2", "1 2"};

std::string stroke(size_t color) {
  return fmt::format("style=\"stroke:var(--c{})\"", color % kNumColors);
}
std::string fill(size_t color) {
  return fmt::format("style=\"fill:var(--c{})\"", color % kNumColors);
}

std::string dashes(const Line& line) {
  const std::string pattern =
      line.is_dashed ? "4 3" : kDashes[static_cast<size_t>(line.color) % kNumColors];
  return pattern.empty() ? "" : " stroke-dasharray=\"" + pattern + "\"";
}

// Maps data to pixels.
struct Frame {
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  double x(double value) const {
    return kLeft + (value - x_low) / std::max(1e-12, x_high - x_low) * (kWidth - kLeft - kRight);
  }
  double y(double value) const {
    return kHeight - kBottom -
           (value - y_low) / std::max(1e-12, y_high - y_low) * (kHeight - kTop - kBottom);
  }
};

std::string text_at(double x, double y, const std::string& anchor, const std::string& text,
                    const std::string& extra = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" {}>{}</text>", x, y,
                     anchor, extra, escape(text));
}

std::string begin(const std::string& title, double legend_height) {
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\"><title>{}</title>", kWidth,
                     kHeight + legend_height, escape(title)) +
         text_at(kLeft, 18, "start", title, "font-size=\"13\" font-weight=\"bold\"");
}

std::string y_axis(const Frame& frame, const std::string& label) {
  std::string out;
  for (const double tick : ticks(frame.y_low, frame.y_high, 5)) {
    if (tick < frame.y_low - 1e-9 || tick > frame.y_high + 1e-9) continue;
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"currentColor\" "
        "stroke-opacity=\".15\"/>",
        kLeft, kWidth - kRight, frame.y(tick));
    out += text_at(kLeft - 6, frame.y(tick) + 4, "end", fmt::format("{:.4g}", tick));
  }
  const double middle = (kTop + kHeight - kBottom) / 2;
  return out + text_at(12, middle, "middle", label,
                       fmt::format("transform=\"rotate(-90 12 {:.1f})\"", middle));
}

// Where the legend's entries stand: rows are filled from the left.
std::vector<std::pair<double, double>> legend_places(const std::vector<std::string>& names) {
  std::vector<std::pair<double, double>> places;
  double x = kLeft, y = kHeight;
  for (const auto& name : names) {
    const double width = 36 + 6.2 * static_cast<double>(name.size());
    if (x > kLeft && x + width > kWidth) {
      x = kLeft;
      y += kLegendRow;
    }
    places.emplace_back(x, y);
    x += width;
  }
  return places;
}

double legend_height(const std::vector<std::string>& names) {
  return names.empty() ? 0 : legend_places(names).back().second - kHeight + kLegendRow;
}

// What tells series apart without colour, in the bar's rectangle: nothing, white lines across it,
// along it, or both.
std::string stripes(size_t series, double x, double y, double width, double height) {
  constexpr double kStep = 5;
  const bool is_across = series % 4 == 1 || series % 4 == 3, is_along = series % 4 >= 2;
  std::string path;
  for (double at = kStep; is_across && at < height; at += kStep) {
    path += fmt::format("M{:.1f} {:.1f}h{:.1f}", x, y + height - at, width);
  }
  for (double at = kStep; is_along && at < width; at += kStep) {
    path += fmt::format("M{:.1f} {:.1f}v{:.1f}", x + at, y, height);
  }
  if (path.empty()) return "";
  return fmt::format("<path d=\"{}\" style=\"stroke:var(--paper)\" stroke-width=\"1.5\"/>", path);
}

std::string filled(size_t series, double x, double y, double width, double height) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}/>", x,
                     y, width, height, fill(series)) +
         stripes(series, x, y, width, height);
}

std::string bar_legend(const std::vector<std::string>& names, size_t first_color) {
  const auto places = legend_places(names);
  std::string out;
  for (size_t s = 0; s < names.size(); ++s) {
    const auto [x, y] = places[s];
    out += filled(first_color + s, x, y, 18, 11) + text_at(x + 23, y + 10, "start", names[s]);
  }
  return out;
}

// A shape for each colour.
std::string dot(double x, double y, size_t color) {
  const std::string at = fmt::format("{:.1f} {:.1f}", x, y);
  switch (color % 4) {
    case 0:
      return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" {}/>", x, y, fill(color));
    case 1:
      return fmt::format("<path d=\"M{}m-4 -4h8v8h-8z\" {}/>", at, fill(color));
    case 2:
      return fmt::format("<path d=\"M{}m0 -5l5 9h-10z\" {}/>", at, fill(color));
    default:
      return fmt::format("<path d=\"M{}m0 -6l6 6l-6 6l-6 -6z\" {}/>", at, fill(color));
  }
}

std::string segment(double x1, double y1, double x2, double y2, const std::string& how) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>", x1, y1,
                     x2, y2, how);
}

std::string legend(const std::vector<Line>& lines, const std::vector<std::string>& names) {
  const auto places = legend_places(names);
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto [x, y] = places[i];
    const auto color = static_cast<size_t>(lines[i].color);
    out +=
        segment(x, y + 6, x + 18, y + 6, stroke(color) + " stroke-width=\"2\"" + dashes(lines[i]));
    if (lines[i].has_dots) out += dot(x + 9, y + 6, color);
    out += text_at(x + 23, y + 10, "start", names[i]);
  }
  return out;
}

std::string band(const Line& line, const Frame& frame) {
  if (line.band.empty()) return "";
  std::string path;
  const auto add = [&](size_t i, double y) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', frame.x(line.points[i].first),
                        frame.y(y));
  };
  for (size_t i = 0; i < line.points.size(); ++i) add(i, line.band[i].first);
  for (size_t i = line.points.size(); i-- > 0;) add(i, line.band[i].second);
  return fmt::format("<path d=\"{}z\" fill-opacity=\".18\" {}/>", path,
                     fill(static_cast<size_t>(line.color)));
}

// Dots and whiskers at the points.
std::string marks(const Line& line, const Frame& frame) {
  const auto color = static_cast<size_t>(line.color);
  std::string out;
  for (size_t i = 0; i < line.points.size(); ++i) {
    const double x = frame.x(line.points[i].first), y = frame.y(line.points[i].second);
    if (!line.x_ranges.empty()) {
      const auto [low, high] = line.x_ranges[i];
      out += segment(frame.x(std::max(low, frame.x_low)), y, frame.x(std::min(high, frame.x_high)),
                     y, stroke(color));
    }
    if (!line.y_ranges.empty()) {
      const auto [low, high] = line.y_ranges[i];
      out += segment(x, frame.y(std::max(low, frame.y_low)), x,
                     frame.y(std::min(high, frame.y_high)), stroke(color));
    }
    if (line.has_dots) out += dot(x, y, color);
  }
  return out;
}

// A word beside its point, or at the end of a thin line from it.
std::string word(const std::string& text, double x, double y, const Box& box, size_t color) {
  const double near_x = std::clamp(x, box.left, box.right);
  const double near_y = std::clamp(y, box.top, box.bottom);
  const bool is_far = std::hypot(near_x - x, near_y - y) > 12;
  return (is_far ? segment(x, y, near_x, near_y, stroke(color) + " stroke-opacity=\".6\"") : "") +
         text_at(box.left, box.bottom - 3, "start", text, fill(color));
}

// All words, none over another or over a dot.
std::string words(const std::vector<Line>& lines, const Frame& frame) {
  constexpr double kHalfDot = 5, kHeightOfText = 12, kCharacter = 6.2;
  LabelPlaces places({kLeft, kTop, kWidth, kHeight - kBottom});
  for (const Line& line : lines) {
    for (const auto& [at_x, at_y] : line.points) {
      const double x = frame.x(at_x), y = frame.y(at_y);
      places.take({x - kHalfDot, y - kHalfDot, x + kHalfDot, y + kHalfDot});
    }
  }
  std::string out;
  for (const Line& line : lines) {
    for (size_t i = 0; i < line.labels.size(); ++i) {
      if (line.labels[i].empty()) continue;
      const double x = frame.x(line.points[i].first), y = frame.y(line.points[i].second);
      const double width = kCharacter * static_cast<double>(line.labels[i].size());
      out += word(line.labels[i], x, y, places.place(x, y, width, kHeightOfText),
                  static_cast<size_t>(line.color));
    }
  }
  return out;
}

// How far the names of groups, which slope, reach below the chart.
double depth_of(const std::vector<std::string>& groups) {
  size_t longest = 0;
  for (const auto& name : groups) longest = std::max(longest, name.size());
  return std::max(0.0, 14 + 6.2 * 0.375 * static_cast<double>(longest) + 4 - kBottom);
}

void widen(Frame& frame, double y) {
  frame.y_low = std::min(frame.y_low, y);
  frame.y_high = std::max(frame.y_high, y);
}

Frame frame_of(const LineChart& chart) {
  Frame frame{1e300, -1e300, 1e300, -1e300};
  const auto widen_x = [&](double x) {
    frame.x_low = std::min(frame.x_low, x);
    frame.x_high = std::max(frame.x_high, x);
  };
  for (const auto& line : chart.lines) {
    for (const auto& [x, y] : line.points) {
      widen_x(x);
      widen(frame, y);
    }
    const size_t num_joined = line.points.size() - line.num_apart;
    for (size_t i = 0; i < std::min(num_joined, line.x_ranges.size()); ++i) {
      widen_x(line.x_ranges[i].first);
      widen_x(line.x_ranges[i].second);
    }
    for (const auto* ranges : {&line.band, &line.y_ranges}) {
      for (size_t i = 0; i < std::min(num_joined, ranges->size()); ++i) {
        widen(frame, (*ranges)[i].first);
        widen(frame, (*ranges)[i].second);
      }
    }
  }
  // Of nearly equal values no more than their first three digits: an axis of noise tells nothing.
  const double least = 0.005 * std::max(std::abs(frame.y_low), std::abs(frame.y_high));
  const double margin = std::max({1e-9, least, 0.06 * (frame.y_high - frame.y_low)});
  frame.y_low -= margin;
  frame.y_high += margin;
  return frame;
}

}  // namespace

std::vector<double> ticks(double low, double high, int count) {
  // No finer than doubles of this size can tell apart, or a tick would not advance.
  const double finest = 1e-9 * std::max({1e-3, std::abs(low), std::abs(high)});
  const double rough = std::max(finest, high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough) break;
  }
  std::vector<double> result;
  for (double tick = std::ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step;
       tick += step) {
    result.push_back(std::abs(tick) < step * 1e-6 ? 0 : tick);
  }
  return result;
}

std::string svg(const LineChart& chart) {
  LineChart kept = chart;
  std::erase_if(kept.lines, [](const Line& line) { return line.points.empty(); });
  if (kept.lines.empty()) return "";
  const Frame frame = frame_of(kept);
  std::vector<std::string> names;
  for (const auto& line : kept.lines) names.push_back(line.name);
  std::string out = begin(chart.title, legend_height(names)) + y_axis(frame, chart.y_label);
  for (const double tick : ticks(frame.x_low, frame.x_high, 6)) {
    out += text_at(frame.x(tick), kHeight - kBottom + 16, "middle", fmt::format("{:.4g}", tick));
  }
  out += text_at((kLeft + kWidth - kRight) / 2, kHeight - kBottom + 32, "middle", chart.x_label);
  for (const auto& line : kept.lines) out += band(line, frame);
  for (const auto& line : kept.lines) {
    std::string points;
    for (size_t i = 0; i + line.num_apart < line.points.size(); ++i) {
      const auto& [x, y] = line.points[i];
      points += fmt::format("{:.1f},{:.1f} ", frame.x(x), frame.y(y));
    }
    out += fmt::format("<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"2\"{}/>", points,
                       stroke(static_cast<size_t>(line.color)), dashes(line)) +
           marks(line, frame);
  }
  return out + words(kept.lines, frame) + legend(kept.lines, names) + "</svg>\n";
}

std::string svg(const BarChart& chart) {
  if (chart.groups.empty() || chart.series.empty()) return "";
  PLUMBLINE_CHECK(chart.bars.size() == chart.series.size(), chart.title);
  Frame frame{0, static_cast<double>(chart.groups.size()), 0, 0};
  for (const auto& series : chart.bars) {
    PLUMBLINE_CHECK(series.size() == chart.groups.size(), chart.title);
    for (const auto& bar : series) {
      if (std::isnan(bar.value)) continue;
      widen(frame, std::max(bar.value, bar.high));
      widen(frame, std::min(bar.value, bar.low));
    }
  }
  frame.y_high = frame.y_high <= 0 ? 1 : frame.y_high * 1.05;
  const double more = depth_of(chart.groups);
  std::string out =
      begin(chart.title, legend_height(chart.series) + more) + y_axis(frame, chart.y_label);
  const double width = 0.8 / static_cast<double>(chart.series.size());
  for (size_t g = 0; g < chart.groups.size(); ++g) {
    const double middle = frame.x(static_cast<double>(g) + 0.5);
    out +=
        text_at(middle, kHeight - kBottom + 14, "end", chart.groups[g],
                fmt::format("transform=\"rotate(-22 {:.1f} {})\"", middle, kHeight - kBottom + 14));
    for (size_t s = 0; s < chart.series.size(); ++s) {
      const Bar& bar = chart.bars[s][g];
      if (std::isnan(bar.value)) continue;
      const double left = frame.x(static_cast<double>(g) + 0.1 + width * static_cast<double>(s));
      const double right =
          frame.x(static_cast<double>(g) + 0.1 + width * static_cast<double>(s + 1)) - 1;
      const double top = frame.y(std::max(0.0, bar.value)),
                   foot = frame.y(std::min(0.0, bar.value));
      out += filled(chart.first_color + s, left, top, right - left, foot - top);
      if (bar.high > bar.low) {
        const double middle_of_bar = (left + right) / 2;
        out += segment(middle_of_bar, frame.y(bar.low), middle_of_bar, frame.y(bar.high),
                       "stroke=\"currentColor\"");
      }
    }
  }
  return out + fmt::format("<g transform=\"translate(0 {:.1f})\">", more) +
         bar_legend(chart.series, chart.first_color) + "</g></svg>\n";
}

}  // namespace plumbline::report
