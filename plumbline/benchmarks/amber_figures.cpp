#include "plumbline/benchmarks/amber_figures.h"

#include <algorithm>
#include <limits>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/eval/printed.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Format kFormat = {.style = eval::Format::Style::Rounded, .digits = 1};

double percent(double part, double whole) { return part / whole * 100; }

}  // namespace

AmberType amber_type(const std::string& name, const std::string& where) {
  static const std::map<std::string, AmberType> types = {
      {"generative", AmberType::Generative},
      {"discriminative-attribute-state", AmberType::State},
      {"discriminative-attribute-number", AmberType::Number},
      {"discriminative-attribute-action", AmberType::Action},
      {"discriminative-hallucination", AmberType::Existence},
      {"discriminative-relation", AmberType::Relation},
      {"relation", AmberType::Relation}};
  const auto found = types.find(name);
  if (found != types.end()) return found->second;
  throw DataError(Complaint{.component = "eval",
                            .doing = "reading AMBER's annotations",
                            .expected = "a type of AMBER's",
                            .got = "'" + name + "'",
                            .where = where});
}

AmberFigures::AmberFigures(eval::Tally& tally, const std::vector<AmberType>& types,
                           bool is_accuracy_only)
    : is_accuracy_only_(is_accuracy_only) {
  const auto has = [&](AmberType type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  if (has(AmberType::Generative)) {
    has_generative_ = true;
    const auto column = [&](const char* name) {
      return tally.column(std::string("generative/") + name);
    };
    generative_ = {column("descriptions"), column("faithful"), column("kept"),
                   column("hallucinated"), column("truth"),    column("covered"),
                   column("not_there"),    column("imagined")};
  }
  const std::vector<AmberType> attribute = {AmberType::State, AmberType::Number, AmberType::Action};
  std::vector<AmberType> all = attribute;
  all.insert(all.end(), {AmberType::Existence, AmberType::Relation});
  for (const Part& part : std::vector<Part>{
           {"discriminative", all, 0.001, 1e-4, true, 0, 0, 0, 0, 0, 0},
           {"existence", {AmberType::Existence}, 0.001, 1e-3, false, 0, 0, 0, 0, 0, 0},
           {"attribute", attribute, 0.003, 1e-4, false, 0, 0, 0, 0, 0, 0},
           {"state", {AmberType::State}, 0.001, 1e-4, false, 0, 0, 0, 0, 0, 0},
           {"number", {AmberType::Number}, 0.001, 1e-4, false, 0, 0, 0, 0, 0, 0},
           {"action", {AmberType::Action}, 0.001, 1e-4, false, 0, 0, 0, 0, 0, 0},
           {"relation", {AmberType::Relation}, 0.001, 1e-4, false, 0, 0, 0, 0, 0, 0}}) {
    if (std::any_of(part.types.begin(), part.types.end(), has)) add_part(tally, part);
  }
}

void AmberFigures::add_part(eval::Tally& tally, const Part& part) {
  const auto column = [&](const char* name) { return tally.column(part.name + "/" + name); };
  parts_.push_back(part);
  Part& added = parts_.back();
  added.count = column("count");
  added.right = column("right");
  added.truth_no = column("truth_no");
  added.answered_no = column("answered_no");
  added.right_no = column("right_no");
  added.readable = column("readable");
}

void AmberFigures::add(eval::Tally& tally, const std::string& unit, const AmberMentions& mentions,
                       const AmberTruth& truth) const {
  const auto add = [&](uint32_t column, size_t value) {
    tally.add(unit, column, static_cast<double>(value));
  };
  add(generative_.descriptions, 1);
  add(generative_.faithful, mentions.hallucinated.empty() ? 1 : 0);
  add(generative_.kept, mentions.kept.size());
  add(generative_.hallucinated, mentions.hallucinated.size());
  add(generative_.truth, truth.there.size());
  add(generative_.covered, mentions.covered.size());
  add(generative_.not_there, truth.not_there.size());
  add(generative_.imagined, mentions.imagined.size());
}

void AmberFigures::add(eval::Tally& tally, const std::string& unit, AmberType type,
                       const AmberAnswer& answer) const {
  for (const Part& part : parts_) {
    if (std::find(part.types.begin(), part.types.end(), type) == part.types.end()) continue;
    const bool is_right = answer.is_truth_yes ? answer.is_yes : answer.is_no;
    tally.add(unit, part.count);
    tally.add(unit, part.right, is_right);
    tally.add(unit, part.truth_no, !answer.is_truth_yes);
    tally.add(unit, part.answered_no, answer.is_no);
    tally.add(unit, part.right_no, answer.is_no && !answer.is_truth_yes);
    tally.add(unit, part.readable, answer.is_yes || answer.is_no);
  }
}

std::vector<eval::FigureSpec> AmberFigures::specs() const {
  std::vector<eval::FigureSpec> specs;
  if (has_generative_) {
    specs = {{"generative/chair", kFormat, -1, true},
             {"generative/cover", kFormat, 1, true},
             {"generative/hal", kFormat, -1, true},
             {"generative/cog", kFormat, -1, true}};
  }
  for (const Part& part : parts_) {
    const auto add = [&](const char* name, bool is_main) {
      specs.push_back({part.name + "/" + name, kFormat, 1, is_main});
    };
    add("accuracy", part.is_main);
    if (!is_accuracy_only_) {
      add("precision", false);
      add("recall", false);
      add("f1", part.is_main);
    }
    add("accuracy_of_readable", false);
  }
  if (is_accuracy_only_) specs.push_back({"average_accuracy", kFormat, 1, true});
  return specs;
}

std::vector<double> AmberFigures::values(const eval::Sums& sums) const {
  std::vector<double> values;
  if (has_generative_ && sums[generative_.descriptions] == 0) {
    values.assign(4, std::numeric_limits<double>::quiet_NaN());
  } else if (has_generative_) {
    const auto& g = generative_;
    values = {percent(sums[g.hallucinated], sums[g.kept] + 0.001),
              percent(sums[g.covered], sums[g.truth] + 0.001),
              100 - percent(sums[g.faithful], sums[g.descriptions] + 0.001),
              percent(sums[g.imagined], sums[g.not_there] + 0.001)};
  }
  double average = 0;
  int num_averaged = 0;
  for (const Part& part : parts_) {
    if (is_accuracy_only_) {
      values.push_back(percent(sums[part.right], sums[part.count]));  // 0/0 is NaN
      const bool is_averaged =
          part.name == "existence" || part.name == "attribute" || part.name == "relation";
      if (is_averaged) average += values.back();
      num_averaged += is_averaged;
    } else if (sums[part.count] == 0) {
      values.insert(values.end(), 4, std::numeric_limits<double>::quiet_NaN());
    } else {
      values.push_back(percent(sums[part.right], sums[part.count] + part.start));
      values.push_back(percent(sums[part.right_no], sums[part.answered_no] + part.start));
      const double precision = eval::python_round(values.back(), 1) / 100;
      values.push_back(percent(sums[part.right_no], sums[part.truth_no] + part.start));
      const double recall = eval::python_round(values.back(), 1) / 100;
      values.push_back(2 * precision * recall / (precision + recall + part.f1_start) * 100);
    }
    values.push_back(percent(sums[part.right], sums[part.readable]));
  }
  if (is_accuracy_only_) values.push_back(average / num_averaged);
  return values;
}

}  // namespace plumbline::benchmarks
