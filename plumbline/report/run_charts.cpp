#include "plumbline/report/run_charts.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/report/chart.h"
#include "plumbline/report/policy_section.h"

namespace plumbline::report {
namespace {

// Of several seeds' curves the mean, point by point as far as all go, and the range around it.
Line line_of(const std::string& name, const std::vector<Points>& seeds, int color) {
  if (seeds.size() == 1) return {.name = name, .points = seeds.front(), .color = color};
  Line line{.name = fmt::format("{}, {} seeds", name, seeds.size()), .color = color};
  size_t length = seeds.front().size();
  for (const auto& points : seeds) length = std::min(length, points.size());
  const auto count = static_cast<double>(seeds.size());
  for (size_t i = 0; i < length; ++i) {
    double x = 0, y = 0, low = seeds[0][i].second, high = low;
    for (const auto& points : seeds) {
      x += points[i].first / count;
      y += points[i].second / count;
      low = std::min(low, points[i].second);
      high = std::max(high, points[i].second);
    }
    line.points.emplace_back(x, y);
    line.band.emplace_back(low, high);
  }
  return line;
}

// A line for each method that `points_of` finds something for. What all start from is grey.
template <class PointsOf>
std::vector<Line> lines_of(const std::vector<Run>& runs, const PointsOf& points_of) {
  struct Method {
    std::string name, stage;
    std::vector<Points> seeds = {};
  };
  std::vector<Method> methods;
  for (const auto& run : runs) {
    Points points = points_of(run);
    if (points.empty()) continue;
    const std::string name = without_seed(run.name);
    auto place = std::find_if(methods.begin(), methods.end(),
                              [&](const Method& method) { return method.name == name; });
    if (place == methods.end()) place = methods.insert(place, {name, run.stage});
    place->seeds.push_back(std::move(points));
  }
  std::vector<Line> lines;
  int next = 1;
  for (const auto& method : methods) {
    lines.push_back(line_of(method.name, method.seeds, method.stage == "sft" ? 0 : next++));
    lines.back().has_dots = lines.back().points.size() == 1;  // no line to be seen
  }
  return lines;
}

LineChart curve_chart(const std::vector<Run>& runs, const std::string& metric,
                      const std::string& title) {
  return {.title = title,
          .x_label = "step",
          .y_label = metric,
          .lines = lines_of(runs, [&](const Run& run) {
            return run.stage == "sample" ? Points() : run.curve(metric);
          })};
}

// One point per step at which both are known.
Points proxy_and_gold(const Run& run) {
  const Points& scores = run.curve("score/model");
  if (scores.empty()) return {};
  const std::map<double, double> proxy(scores.begin(), scores.end());
  Points points;
  for (const auto& [step, gold] : run.curve("gold/score")) {
    const auto it = proxy.upper_bound(step);  // what those weights answered next
    const double at = it == proxy.end() ? proxy.rbegin()->second : it->second;
    points.emplace_back(at - proxy.begin()->second, gold);
  }
  return points;
}

// How gold moved while the proxy rose.
LineChart proxy_against_gold(const std::vector<Run>& runs) {
  return {.title = "Gold score against proxy reward",
          .x_label = "proxy: mean reward-model score, less its first",
          .y_label = "gold score",
          .lines = lines_of(runs, proxy_and_gold)};
}

BarChart type_chart(const std::vector<Run>& runs, const std::string& title,
                    double eval::TypeFigures::*figure) {
  BarChart chart{.title = title};
  for (const auto& run : runs) {
    if (chart.groups.empty()) {
      for (const auto& type : run.figures->types) chart.groups.push_back(type.type);
    }
    chart.series.push_back(run.name);
    auto& bars = chart.bars.emplace_back(chart.groups.size());
    for (const auto& type : run.figures->types) {
      const auto place = std::find(chart.groups.begin(), chart.groups.end(), type.type);
      if (place == chart.groups.end()) continue;
      bars[static_cast<size_t>(place - chart.groups.begin())] = {type.*figure, 0, 0};
    }
  }
  return chart;
}

}  // namespace

std::string run_charts(const std::vector<Run>& runs, const std::vector<Run>& methods) {
  std::string out;
  for (const auto& chart :
       {proxy_against_gold(runs), curve_chart(runs, "score/model", "Proxy: reward-model score"),
        curve_chart(runs, "gold/score", "Gold: the judge's score of greedy answers"),
        curve_chart(runs, "kl/k1", "KL from the reference, nats per answer"),
        curve_chart(runs, "response/length", "Tokens per answer"),
        curve_chart(runs, "eval/accuracy", "Reward models: held-out accuracy"),
        curve_chart(runs, "loss", "Training loss")}) {
    out += svg(chart);
  }
  for (const Run* run : first_seeds(runs)) out += svg(reward_terms_chart(*run));
  out += svg(type_chart(methods, "Score by question type", &eval::TypeFigures::score));
  out +=
      svg(type_chart(methods, "Hallucination by question type", &eval::TypeFigures::hallucination));
  return out;
}

}  // namespace plumbline::report
