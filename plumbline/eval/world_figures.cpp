#include "plumbline/eval/world_figures.h"

#include <algorithm>
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

}  // namespace

const std::vector<FigureColumn>& figure_columns() {
  static const std::vector<FigureColumn> columns = {
      {"hallucination", "hallucination", -1, &WorldFigures::hallucination},
      {"score", "score 0-6", 1, &WorldFigures::score},
      {"f1", "yes/no F1", 1, &WorldFigures::f1},
      {"yes_rate", "yes-rate", 0, &WorldFigures::yes_rate},
      {"accuracy", "yes/no accuracy", 1, &WorldFigures::accuracy},
      {"chair_i", "CHAIR-i", -1, &WorldFigures::chair_i},
      {"chair_s", "CHAIR-s", -1, &WorldFigures::chair_s},
      {"false_description", "false descriptions", -1, &WorldFigures::false_description},
      {"coverage", "coverage", 1, &WorldFigures::coverage},
      {"length", "words", 0, &WorldFigures::length},
      {"repeats", "repeats", -1, &WorldFigures::repeats}};
  return columns;
}

WorldFigures world_figures(const std::vector<RatedAnswer>& rated, const BootstrapOptions& options) {
  const Scoring scoring = world_scoring(rated);
  const auto intervals = figures_of(scoring, options);
  const auto named = [&](const std::string& name) -> const Interval& {
    const auto found = std::find_if(scoring.figures.begin(), scoring.figures.end(),
                                    [&](const FigureSpec& spec) { return spec.name == name; });
    PLUMBLINE_CHECK(found != scoring.figures.end(), name);
    return intervals[static_cast<size_t>(found - scoring.figures.begin())];
  };
  WorldFigures figures;
  for (const auto& column : figure_columns()) figures.*(column.value) = named(column.name);
  figures.num_answers = static_cast<int64_t>(rated.size());
  figures.unparsed = rated.empty() ? 0 : named("unparsed").value;
  figures.types = by_type(rated);
  for (auto& type : figures.types) {
    type.score = named("type/" + type.type + "/score").value;
    type.hallucination = named("type/" + type.type + "/hallucination").value;
  }
  return figures;
}

WorldFigures over_runs(const std::vector<WorldFigures>& runs) {
  PLUMBLINE_CHECK(!runs.empty(), "no runs");
  const auto n = static_cast<double>(runs.size());
  WorldFigures result = runs.front();
  for (const auto& column : figure_columns()) {
    Interval& i = result.*(column.value);
    double sum = 0;
    i.low = i.high = i.value;
    for (const auto& run : runs) {
      const double value = (run.*(column.value)).value;
      sum += value;
      i.low = std::min(i.low, value);
      i.high = std::max(i.high, value);
    }
    i.value = sum / n;
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
    result[column.name] = interval_to_json(figures.*(column.value));
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
    figures.*(column.value) = interval_from_json(value.at(column.name));
  }
  for (const auto& t : value.value("types", nlohmann::json::array())) {
    figures.types.push_back({t.at("type"), t.at("count"), t.at("score"), t.at("hallucination")});
  }
  return figures;
}

}  // namespace plumbline::eval
