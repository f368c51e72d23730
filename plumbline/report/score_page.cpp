#include "plumbline/report/score_page.h"

#include <algorithm>
#include <map>
#include <set>

#include "plumbline/report/chart.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

constexpr size_t kWorst = 20;

// Names such as "random/f1" or "score/counting" have two parts. The side with fewer values names
// charts, the other one their bars.
class NameParts {
 public:
  explicit NameParts(const std::vector<eval::FigureSpec>& specs) {
    std::set<std::string> firsts, lasts;
    for (const auto& spec : specs) {
      const std::string name = plain(spec.name);
      const size_t slash = name.find('/');
      if (slash == std::string::npos) continue;
      firsts.insert(name.substr(0, slash));
      lasts.insert(name.substr(slash + 1));
    }
    is_chart_first_ = firsts.size() < lasts.size();
  }
  // Chart and bar; no chart for a name of one part.
  std::pair<std::string, std::string> of(const std::string& full) const {
    const std::string name = plain(full);
    const size_t slash = name.find('/');
    if (slash == std::string::npos) return {"", name};
    std::pair<std::string, std::string> parts = {name.substr(0, slash), name.substr(slash + 1)};
    if (!is_chart_first_) std::swap(parts.first, parts.second);
    return parts;
  }

 private:
  static std::string plain(const std::string& name) {
    return name.starts_with("type/") ? name.substr(5) : name;
  }
  bool is_chart_first_ = false;
};

std::string figures_html(const eval::ScoreReport& report) {
  const std::string text = eval::table(report, eval::TableStyle::Text);
  return "<h2>Figures</h2>\n<pre>" + escape(text) + "</pre>\n";
}

std::string charts_html(const eval::ScoreReport& report) {
  const auto& specs = report.systems.front().scoring.figures;
  const NameParts parts(specs);
  std::map<std::string, std::vector<size_t>> by_chart;
  for (size_t f = 0; f < specs.size(); ++f) by_chart[parts.of(specs[f].name).first].push_back(f);
  by_chart.erase("");
  std::string charts;
  for (const auto& [name, places] : by_chart) {
    if (places.size() < 2) continue;
    BarChart chart{.title = name};
    for (const size_t f : places) chart.groups.push_back(parts.of(specs[f].name).second);
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
