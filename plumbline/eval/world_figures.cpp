#include "plumbline/eval/world_figures.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/eval/interval_json.h"
#include "plumbline/eval/world_scoring.h"

namespace plumbline::eval {
namespace {

std::vector<TypeFigures> by_type(const std::vector<RatedAnswer>& rated) {
  std::vector<TypeFigures> result;
  for (const auto& type : world::question_types()) {
    const auto count = std::count_if(rated.begin(), rated.end(),
                                     [&](const RatedAnswer& r) { return r.item.type == type; });
    if (count > 0) result.push_back({.type = type, .count = count});
  }
  return result;
}

std::string heading_of(const std::string& figure) {
  static const std::map<std::string, std::string> headings = {
      {"score", "score 0-6"},
      {"f1", "yes/no F1"},
      {"yes_rate", "yes-rate"},
      {"accuracy", "yes/no accuracy"},
      {"chair_i", "CHAIR-i"},
      {"chair_s", "CHAIR-s"},
      {"false_description", "false descriptions"},
      {"told_truly", "told truly"},
      {"length", "words"},
      {"yes_bias", "bias to yes or no"}};
  const auto found = headings.find(figure);
  return found == headings.end() ? figure : found->second;
}

}  // namespace

const std::vector<FigureColumn>& figure_columns() {
  static const std::vector<FigureColumn> columns = [] {
    std::vector<FigureColumn> all;
    for (const FigureSpec& spec : world_figure_specs()) {
      if (spec.name == "unparsed") continue;
      all.push_back({spec.name, heading_of(spec.name), spec.direction});
    }
    return all;
  }();
  return columns;
}

Interval WorldFigures::at(const std::string& name) const {
  const auto found = values.find(name);
  return found == values.end() ? Interval{NAN, NAN, NAN} : found->second;
}

WorldFigures world_figures(const std::vector<RatedAnswer>& rated, const BootstrapOptions& options) {
  const Scoring scoring = world_scoring(rated);
  const auto intervals = figures_of(scoring, options);
  std::map<std::string, Interval> named;
  for (size_t f = 0; f < intervals.size(); ++f) named[scoring.figures[f].name] = intervals[f];
  WorldFigures figures;
  for (const auto& column : figure_columns()) figures.values[column.name] = named.at(column.name);
  figures.num_answers = static_cast<int64_t>(rated.size());
  figures.unparsed = rated.empty() ? 0 : named.at("unparsed").value;
  figures.types = by_type(rated);
  for (auto& type : figures.types) {
    type.score = named.at("type/" + type.type + "/score").value;
    type.hallucination = named.at("type/" + type.type + "/hallucination").value;
  }
  return figures;
}

WorldFigures over_runs(const std::vector<WorldFigures>& runs) {
  PLUMBLINE_CHECK(!runs.empty(), "no runs");
  const auto n = static_cast<double>(runs.size());
  WorldFigures result = runs.front();
  for (const auto& column : figure_columns()) {
    double sum = 0;
    Interval i = runs.front().at(column.name);
    i.low = i.high = i.value;
    for (const auto& run : runs) {
      const double value = run.at(column.name).value;
      sum += value;
      i.low = std::min(i.low, value);
      i.high = std::max(i.high, value);
    }
    i.value = sum / n;
    result.values[column.name] = i;
  }
  result.unparsed = 0;
  result.num_answers = 0;
  for (auto& type : result.types) type.score = type.hallucination = 0;
  for (const auto& run : runs) {
    result.unparsed += run.unparsed / n;
    result.num_answers += run.num_answers;
    PLUMBLINE_CHECK(run.types.size() == result.types.size(), "runs of other benchmarks");
    for (size_t t = 0; t < run.types.size(); ++t) {
      result.types[t].score += run.types[t].score / n;
      result.types[t].hallucination += run.types[t].hallucination / n;
    }
  }
  return result;
}

nlohmann::json to_json(const WorldFigures& figures) {
  nlohmann::json result{{"answers", figures.num_answers}, {"unparsed", figures.unparsed}};
  for (const auto& column : figure_columns()) {
    result[column.name] = interval_to_json(figures.at(column.name));
  }
  for (const auto& t : figures.types) {
    result["types"].push_back({{"type", t.type},
                               {"count", t.count},
                               {"score", t.score},
                               {"hallucination", t.hallucination}});
  }
  return result;
}

WorldFigures figures_from_json(const nlohmann::json& value) {
  WorldFigures figures;
  figures.num_answers = value.at("answers");
  figures.unparsed = value.at("unparsed");
  for (const auto& column : figure_columns()) {
    if (!value.contains(column.name)) continue;
    figures.values[column.name] = interval_from_json(value.at(column.name));
  }
  for (const auto& t : value.value("types", nlohmann::json::array())) {
    figures.types.push_back({t.at("type"), t.at("count"), t.at("score"), t.at("hallucination")});
  }
  return figures;
}

}  // namespace plumbline::eval
