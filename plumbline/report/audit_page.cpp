#include "plumbline/report/audit_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "plumbline/audit/audit_table.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/report/chart.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string cell_html(const std::optional<audit::AuditCell>& cell) {
  if (!cell) return "n/a";
  const eval::Interval& i = cell->figure;
  return fmt::format("{:.3f}<br><small>{:.3f} to {:.3f}; {}</small>", i.value, i.low, i.high,
                     cell->count);
}

std::string section_html(const audit::Audit& audit, const audit::AuditSection& section) {
  Rows rows = {{""}};
  for (const auto& model : audit.models) rows[0].push_back(escape(model.name));
  for (const auto& row : section.rows) {
    rows.push_back({escape(row.name)});
    for (const auto& cell : row.cells) rows.back().push_back(cell_html(cell));
  }
  return "<h2>" + escape(section.title) + "</h2>\n" + table(rows);
}

std::string comparisons_html(const audit::Audit& audit) {
  const std::string lines = audit::comparison_lines(audit);
  if (lines.empty()) return "";
  return "<h2>Comparisons on the same pairs</h2>\n<pre>" + escape(lines) + "</pre>\n";
}

// A bar per model for each type that any of them met.
BarChart type_chart(const audit::Audit& audit) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  BarChart chart{.title = "Accuracy by question type", .y_label = "share right"};
  for (const auto& model : audit.models) {
    for (const auto& type : model.measures.types) {
      if (std::find(chart.groups.begin(), chart.groups.end(), type.group) == chart.groups.end()) {
        chart.groups.push_back(type.group);
      }
    }
  }
  for (const auto& model : audit.models) {
    chart.series.push_back(model.name);
    auto& bars = chart.bars.emplace_back(chart.groups.size(), Bar{kNone, kNone, kNone});
    for (const auto& type : model.measures.types) {
      const auto place = std::find(chart.groups.begin(), chart.groups.end(), type.group);
      const eval::Interval& i = type.accuracy;
      bars[static_cast<size_t>(place - chart.groups.begin())] = {i.value, i.low, i.high};
    }
  }
  return chart;
}

LineChart reliability_chart(const audit::AuditedModel& model) {
  LineChart chart{.title = model.name + ": as sure as it is right?",
                  .x_label = "confidence in the answer it prefers",
                  .y_label = "share right"};
  Line measured{.name = "measured", .color = 1, .has_dots = true};
  for (const auto& bin : model.measures.calibration.bins) {
    if (bin.pairs > 0) measured.points.emplace_back(bin.confidence, bin.accuracy);
  }
  if (measured.points.empty()) return chart;
  chart.lines = {{.name = "as sure as right", .points = {{.5, .5}, {1, 1}}, .is_dashed = true},
                 std::move(measured)};
  return chart;
}

// The outline of a histogram's columns.
std::vector<std::pair<double, double>> outline(const audit::ScoreHistogram& histogram,
                                               const std::vector<int64_t>& counts) {
  std::vector<std::pair<double, double>> points = {{histogram.low, 0}};
  const double width = (histogram.high - histogram.low) / static_cast<double>(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    const double left = histogram.low + width * static_cast<double>(i);
    points.emplace_back(left, static_cast<double>(counts[i]));
    points.emplace_back(left + width, static_cast<double>(counts[i]));
  }
  points.emplace_back(histogram.high, 0);
  return points;
}

LineChart score_chart(const audit::AuditedModel& model) {
  const audit::ScoreHistogram& scores = model.measures.scores;
  LineChart chart{
      .title = model.name + ": scores of answers", .x_label = "score", .y_label = "answers"};
  // Without a decided pair there is nothing to show.
  if (model.measures.num_pairs == model.measures.num_ties) return chart;
  chart.lines = {{.name = "better answers", .points = outline(scores, scores.better), .color = 2},
                 {.name = "worse answers",
                  .points = outline(scores, scores.worse),
                  .color = 1,
                  .is_dashed = true}};
  return chart;
}

std::string bins_html(const audit::AuditedModel& model) {
  Rows rows = {{"confidence", "pairs", "mean confidence", "share right"}};
  for (const auto& bin : model.measures.calibration.bins) {
    if (bin.pairs == 0) continue;
    rows.push_back({fmt::format("{:.2f} to {:.2f}", bin.low, bin.high), std::to_string(bin.pairs),
                    fmt::format("{:.3f}", bin.confidence), fmt::format("{:.3f}", bin.accuracy)});
  }
  if (rows.size() == 1) return "";
  return "<details><summary>Bins of " + escape(model.name) + "</summary>" + table(rows) +
         "</details>\n";
}

std::string charts_html(const audit::Audit& audit) {
  std::string charts = svg(type_chart(audit)), bins;
  for (const auto& model : audit.models) {
    charts += svg(reliability_chart(model)) + svg(score_chart(model));
    bins += bins_html(model);
  }
  if (charts.empty()) return "";
  return "<h2>Types, calibration and scores</h2>\n<p>Confidence is the logistic function of the "
         "difference of two scores. Below the dashed line a model is surer than it is right.</p>"
         "<div class=\"charts\">" +
         charts + "</div>\n" + bins;
}

}  // namespace

audit::Audit read_audit(const fs::path& path) {
  const std::string where = path.string();
  const auto value = try_parse_json(read_file(path), where);
  return audit::audit_from_json(value, where);
}

std::string audit_html(const std::string& title, const audit::Audit& audit) {
  return page(title, audit_sections_html(audit));
}

std::string audit_sections_html(const audit::Audit& audit) {
  std::string body =
      "<p>How often a reward model scores the answer higher that annotators found better. Pairs "
      "they left tied count in the log loss and the correlations only. Intervals are from "
      "resampling images; after them stands the number of pairs, answers or edits.</p>\n";
  for (const auto& section : audit::audit_sections(audit)) body += section_html(audit, section);
  return body + comparisons_html(audit) + charts_html(audit);
}

}  // namespace plumbline::report
