#include "plumbline/benchmarks/hallusion_figures.h"

#include <algorithm>
#include <map>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {
namespace {

// How many there are, and how many of them are all right.
struct Accuracy {
  uint32_t count, right;

  static Accuracy of(eval::Tally& tally, const std::string& name) {
    return {tally.column(name), tally.column(name + "/right")};
  }
  void add(eval::Tally& tally, const std::string& unit, bool is_right) const {
    tally.add(unit, count);
    tally.add(unit, right, is_right ? 1 : 0);
  }
  // Multiplied first, as the official script does it.
  double percent(const eval::Sums& sums) const {
    return eval::ratio(100 * sums[right], sums[count]);
  }
};

enum Kind { kAll, kQuestion, kFigure, kEasy, kHard };
const std::vector<std::string> kNames = {"aAcc", "qAcc", "fAcc", "easy", "hard"};

// The accuracies of one category, or of all with the prefix "".
struct CategoryFigures {
  std::string prefix;
  std::vector<Accuracy> accuracies;  // by kind

  CategoryFigures(eval::Tally& tally, const std::string& category) : prefix(category) {
    for (const auto& name : kNames) accuracies.push_back(Accuracy::of(tally, prefix + name));
  }
};

// Groups of answers that must all be right, with the set they belong to.
struct Group {
  std::string set, category;
  bool is_right = true;
};

class HallusionFigures {
 public:
  HallusionFigures(eval::Tally& tally, const std::vector<HallusionQuestion>& questions,
                   const HallusionStyle& style)
      : style_(style) {
    categories_.emplace_back(tally, "");
    for (const std::string category : {"VD", "VS"}) {
      const bool occurs =
          std::any_of(questions.begin(), questions.end(),
                      [&](const auto& question) { return question.category == category; });
      if (occurs) categories_.emplace_back(tally, category + "/");
    }
  }

  void add(eval::Tally& tally, Kind kind, const Group& group) const {
    for (const auto& category : categories_) {
      if (category.prefix.empty() || category.prefix == group.category + "/") {
        category.accuracies[kind].add(tally, group.set, group.is_right);
      }
    }
  }

  std::vector<eval::FigureSpec> specs() const {
    constexpr eval::Format kFormat = {.style = eval::Format::Style::Rounded, .digits = 4};
    std::vector<eval::FigureSpec> specs;
    for (const auto& category : categories_) {
      const bool is_main = category.prefix.empty();
      for (const Kind kind : kinds()) {
        specs.push_back({.name = category.prefix + kNames[kind],
                         .format = kFormat,
                         .is_main = is_main && kind <= kFigure});
      }
      if (style_.is_kit) {
        specs.push_back(
            {.name = category.prefix + "overall", .format = kFormat, .is_main = is_main});
      }
    }
    return specs;
  }

  std::vector<double> values(const eval::Sums& sums) const {
    std::vector<double> values;
    for (const auto& category : categories_) {
      double sum = 0;
      for (const Kind kind : kinds()) {
        values.push_back(category.accuracies[kind].percent(sums));
        sum += values.back();
      }
      if (style_.is_kit) values.push_back(sum / 3);
    }
    return values;
  }

 private:
  std::vector<Kind> kinds() const {
    if (style_.is_kit) return {kAll, kFigure, kQuestion};
    return {kAll, kQuestion, kFigure, kEasy, kHard};
  }

  HallusionStyle style_;
  std::vector<CategoryFigures> categories_;
};

// Groups of one kind, by their names.
class Groups {
 public:
  void add(const HallusionQuestion& question, const std::string& part, bool is_right) {
    Group& group =
        groups_.emplace(question.set + "_" + part, Group{question.set, question.category})
            .first->second;
    group.is_right = group.is_right && is_right;
  }
  void add_to(eval::Tally& tally, const HallusionFigures& figures, Kind kind) const {
    for (const auto& [_, group] : groups_) figures.add(tally, kind, group);
  }

 private:
  std::map<std::string, Group> groups_;
};

}  // namespace

void add_hallusion_figures(eval::Scoring& scoring, const std::vector<HallusionQuestion>& questions,
                           const std::vector<bool>& rights, const HallusionStyle& style) {
  PLUMBLINE_CHECK(questions.size() == rights.size(), "a verdict on each question");
  scoring.unit = "sets of questions";
  eval::Tally tally;
  const HallusionFigures figures(tally, questions, style);
  Groups by_question, by_figure, easy, hard;
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto& question = questions[i];
    figures.add(tally, kAll, {question.set, question.category, rights[i]});
    by_question.add(question, question.number, rights[i]);
    if (style.is_kit || !question.is_without_figure())
      by_figure.add(question, question.figure, rights[i]);
    const bool is_easy =
        style.is_easy_by_figure ? question.figure == "0" : question.visual_input != 2;
    (is_easy ? easy : hard).add(question, question.number, rights[i]);
  }
  by_question.add_to(tally, figures, kQuestion);
  by_figure.add_to(tally, figures, kFigure);
  easy.add_to(tally, figures, kEasy);
  hard.add_to(tally, figures, kHard);
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
}

}  // namespace plumbline::benchmarks
