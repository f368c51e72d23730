#include "plumbline/eval/world_figures.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/eval/interval_json.h"

namespace plumbline::eval {
namespace {

// Sums over answers, from which every figure follows.
enum Sum : size_t {
  kQuestions,
  kHallucinated,
  kScore,
  kYesNo,
  kTruePositive,
  kFalsePositive,
  kFalseNegative,
  kRight,
  kSaidYes,
  kDescriptions,
  kMentions,
  kAbsent,
  kWithAbsent,
  kWithFalse,
  kCoverage,
  kWords,
  kRepeats,
  kNumSums
};

double count_words(const std::string& text) {
  double words = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t';
    if (!is_blank && !in_word) ++words;
    in_word = !is_blank;
  }
  return words;
}

void add_yes_no(std::vector<double>& sums, const RatedAnswer& r) {
  const bool truth = r.item.expected == "yes", said = r.verdict.yes_no == 1;
  const bool is_right = r.verdict.yes_no >= 0 && truth == said;
  sums[kYesNo] += 1;
  sums[kSaidYes] += said;
  sums[kRight] += is_right;
  sums[kTruePositive] += truth && said;
  sums[kFalsePositive] += !truth && said;
  sums[kFalseNegative] += truth && !said;
}

void add_answer(std::vector<double>& sums, const RatedAnswer& r) {
  if (r.item.type == "yes_no") return add_yes_no(sums, r);
  sums[kQuestions] += 1;
  sums[kHallucinated] += r.verdict.is_hallucinated;
  sums[kScore] += r.verdict.score;
  if (r.item.type != "description") return;
  sums[kDescriptions] += 1;
  sums[kMentions] += static_cast<double>(r.verdict.mentioned.size());
  sums[kAbsent] += static_cast<double>(r.verdict.hallucinated.size());
  sums[kWithAbsent] += !r.verdict.hallucinated.empty();
  sums[kWithFalse] += r.verdict.num_false > 0;
  sums[kCoverage] += r.verdict.coverage;
  sums[kWords] += count_words(r.answer);
  sums[kRepeats] += r.verdict.num_repeats;
}

// In the order of figure_columns().
std::vector<double> figures_of(const std::vector<double>& s) {
  if (s.empty()) return figures_of(std::vector<double>(kNumSums));
  return {ratio(s[kHallucinated], s[kQuestions]),
          ratio(s[kScore], s[kQuestions]),
          ratio(2 * s[kTruePositive], 2 * s[kTruePositive] + s[kFalsePositive] + s[kFalseNegative]),
          ratio(s[kSaidYes], s[kYesNo]),
          ratio(s[kRight], s[kYesNo]),
          ratio(s[kAbsent], s[kMentions]),
          ratio(s[kWithAbsent], s[kDescriptions]),
          ratio(s[kWithFalse], s[kDescriptions]),
          ratio(s[kCoverage], s[kDescriptions]),
          ratio(s[kWords], s[kDescriptions]),
          ratio(s[kRepeats], s[kDescriptions])};
}

std::vector<TypeFigures> by_type(const std::vector<RatedAnswer>& rated) {
  std::vector<TypeFigures> result;
  for (const auto& type : world::question_types()) {
    TypeFigures figures{.type = type};
    for (const auto& r : rated) {
      if (r.item.type != type) continue;
      ++figures.count;
      figures.score += r.verdict.score;
      figures.hallucination += r.verdict.is_hallucinated;
    }
    if (figures.count == 0) continue;
    figures.score /= static_cast<double>(figures.count);
    figures.hallucination /= static_cast<double>(figures.count);
    result.push_back(figures);
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
  std::map<std::string, std::vector<double>> by_image;
  WorldFigures figures;
  for (const auto& r : rated) {
    auto& sums = by_image.try_emplace(r.item.image, kNumSums, 0.0).first->second;
    add_answer(sums, r);
    figures.unparsed += r.verdict.num_unparsed;
  }
  std::vector<std::vector<double>> units;
  for (auto& [image, sums] : by_image) units.push_back(std::move(sums));
  const auto intervals = bootstrap(units, figures_of, options);
  for (size_t i = 0; i < intervals.size(); ++i) figures.*(figure_columns()[i].value) = intervals[i];
  figures.num_answers = static_cast<int64_t>(rated.size());
  figures.unparsed /= std::max(1.0, static_cast<double>(rated.size()));
  figures.types = by_type(rated);
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
