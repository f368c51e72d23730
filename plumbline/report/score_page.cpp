#include "plumbline/report/score_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plumbline/report/chart.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

constexpr size_t kWorst = 20;

// A name without its last part, and that: "random/f1" is {"random", "f1"}.
std::pair<std::string, std::string> split(const std::string& name) {
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return {"", name};
  std::string group = name.substr(0, slash);
  if (group.starts_with("type/")) group = group.substr(5);
  return {group, name.substr(slash + 1)};
}

std::string figures_html(const eval::ScoreReport& report) {
  const std::string text = eval::table(report, eval::TableStyle::Text);
  return "<h2>Figures</h2>\n<pre>" + escape(text) + "</pre>\n";
}

// Bars of each figure that several groups have.
std::string charts_html(const eval::ScoreReport& report) {
  const auto& specs = report.systems.front().scoring.figures;
  std::map<std::string, std::vector<size_t>> by_figure;
  for (size_t f = 0; f < specs.size(); ++f) {
    const auto [group, name] = split(specs[f].name);
    if (!group.empty()) by_figure[name].push_back(f);
  }
  std::string charts;
  for (const auto& [name, places] : by_figure) {
    if (places.size() < 2) continue;
    BarChart chart{.title = name + " by type"};
    for (const size_t f : places) chart.groups.push_back(split(specs[f].name).first);
    for (const auto& system : report.systems) {
      chart.series.push_back(system.name);
      auto& bars = chart.bars.emplace_back();
      for (const size_t f : places) {
        const double scale = specs[f].format.scale;
        const auto& i = system.figures[f];
        bars.push_back({i.value * scale, i.low * scale, i.high * scale});
      }
    }
    charts += svg(chart);
  }
  if (charts.empty()) return "";
  return "<h2>By type</h2>\n<div class=\"charts\">" + charts + "</div>\n";
}

std::string examples_html(const eval::ScoredSystem& system) {
  auto answers = system.scoring.answers;
  std::stable_sort(answers.begin(), answers.end(),
                   [](const auto& a, const auto& b) { return a.score < b.score; });
  answers.resize(std::min(answers.size(), kWorst));
  std::vector<std::vector<std::string>> rows = {
      {"id", "type", "image", "question", "reference", "answer", "verdict"}};
  for (const auto& a : answers) {
    rows.push_back({escape(a.id), escape(a.type), escape(a.image), escape(a.question),
                    escape(a.reference), escape(a.answer), escape(a.verdict)});
  }
  return "<h2>Worst answers of " + escape(system.name) + "</h2>\n" + table(rows);
}

}  // namespace

std::string score_html(const eval::ScoreReport& report) {
  std::string body = figures_html(report) + charts_html(report);
  for (const auto& system : report.systems) body += examples_html(system);
  return page(report.benchmark->title, body);
}

}  // namespace plumbline::report
