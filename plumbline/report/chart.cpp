#include "plumbline/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

constexpr double kWidth = 560, kHeight = 300;
constexpr double kLeft = 56, kRight = 16, kTop = 34, kBottom = 62;
constexpr const char* kPalette[] = {"#5b6770", "#d1495b", "#2e7d6b",
                                    "#c98a1b", "#4a6fa5", "#7a4f9a"};

const char* color(size_t index) { return kPalette[index % std::size(kPalette)]; }

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

std::string begin(const std::string& title) {
  return fmt::format(
             "<svg viewBox=\"0 0 {} {}\" role=\"img\" font-family=\"sans-serif\" font-size=\"11\" "
             "fill=\"#333\">",
             kWidth, kHeight) +
         text_at(kLeft, 18, "start", title, "font-size=\"13\" font-weight=\"bold\"");
}

std::string y_axis(const Frame& frame, const std::string& label) {
  std::string out;
  for (const double tick : ticks(frame.y_low, frame.y_high, 5)) {
    if (tick < frame.y_low - 1e-9 || tick > frame.y_high + 1e-9) continue;
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#e4e4e4\"/>", kLeft,
        kWidth - kRight, frame.y(tick));
    out += text_at(kLeft - 6, frame.y(tick) + 4, "end", fmt::format("{:.4g}", tick));
  }
  const double middle = (kTop + kHeight - kBottom) / 2;
  return out + text_at(14, middle, "middle", label,
                       fmt::format("transform=\"rotate(-90 14 {:.1f})\"", middle));
}

std::string legend(const std::vector<std::string>& names, const std::vector<size_t>& colors,
                   const std::vector<bool>& dashed) {
  std::string out;
  double x = kLeft;
  for (size_t i = 0; i < names.size(); ++i) {
    out += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\" stroke=\"{}\" "
        "stroke-width=\"3\"{}/>",
        x, x + 18, kHeight - 12, kHeight - 12, color(colors[i]),
        dashed[i] ? " stroke-dasharray=\"4 3\"" : "");
    out += text_at(x + 23, kHeight - 8, "start", names[i]);
    x += 36 + 6.2 * static_cast<double>(names[i].size());
  }
  return out;
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
  return fmt::format("<path d=\"{}\" stroke=\"#fff\" stroke-width=\"1.5\"/>", path);
}

std::string filled(size_t series, double x, double y, double width, double height) {
  return fmt::format(
             "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>", x,
             y, width, height, color(series)) +
         stripes(series, x, y, width, height);
}

std::string bar_legend(const std::vector<std::string>& names) {
  std::string out;
  double x = kLeft;
  for (size_t s = 0; s < names.size(); ++s) {
    out += filled(s, x, kHeight - 18, 18, 11) + text_at(x + 23, kHeight - 8, "start", names[s]);
    x += 36 + 6.2 * static_cast<double>(names[s].size());
  }
  return out;
}

std::string dots(const Line& line, const Frame& frame) {
  std::string out;
  for (const auto& [x, y] : line.points) {
    out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>", frame.x(x),
                       frame.y(y), color(static_cast<size_t>(line.color)));
  }
  return out;
}

void widen(Frame& frame, double y) {
  frame.y_low = std::min(frame.y_low, y);
  frame.y_high = std::max(frame.y_high, y);
}

Frame frame_of(const LineChart& chart) {
  Frame frame{1e300, -1e300, 1e300, -1e300};
  for (const auto& line : chart.lines) {
    for (const auto& [x, y] : line.points) {
      frame.x_low = std::min(frame.x_low, x);
      frame.x_high = std::max(frame.x_high, x);
      widen(frame, y);
    }
  }
  const double margin = std::max(1e-9, 0.06 * (frame.y_high - frame.y_low));
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
  std::string out = begin(chart.title) + y_axis(frame, chart.y_label);
  for (const double tick : ticks(frame.x_low, frame.x_high, 6)) {
    out += text_at(frame.x(tick), kHeight - kBottom + 16, "middle", fmt::format("{:.4g}", tick));
  }
  out += text_at((kLeft + kWidth - kRight) / 2, kHeight - kBottom + 32, "middle", chart.x_label);
  std::vector<std::string> names;
  std::vector<size_t> colors;
  std::vector<bool> dashed;
  for (const auto& line : kept.lines) {
    std::string points;
    for (const auto& [x, y] : line.points)
      points += fmt::format("{:.1f},{:.1f} ", frame.x(x), frame.y(y));
    out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>",
                       points, color(static_cast<size_t>(line.color)),
                       line.is_dashed ? " stroke-dasharray=\"4 3\"" : "");
    if (line.has_dots) out += dots(line, frame);
    names.push_back(line.name);
    colors.push_back(static_cast<size_t>(line.color));
    dashed.push_back(line.is_dashed);
  }
  return out + legend(names, colors, dashed) + "</svg>";
}

std::string svg(const BarChart& chart) {
  if (chart.groups.empty() || chart.series.empty()) return "";
  Frame frame{0, static_cast<double>(chart.groups.size()), 0, 0};
  for (const auto& series : chart.bars) {
    for (const auto& bar : series) {
      if (!std::isnan(bar.value)) widen(frame, std::max(bar.value, bar.high));
    }
  }
  frame.y_high = frame.y_high <= 0 ? 1 : frame.y_high * 1.05;
  std::string out = begin(chart.title) + y_axis(frame, chart.y_label);
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
      out += filled(s, left, frame.y(bar.value), right - left, frame.y(0) - frame.y(bar.value));
      if (bar.high > bar.low) {
        out += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#222\"/>",
            (left + right) / 2, frame.y(bar.low), frame.y(bar.high));
      }
    }
  }
  return out + bar_legend(chart.series) + "</svg>";
}

}  // namespace plumbline::report
