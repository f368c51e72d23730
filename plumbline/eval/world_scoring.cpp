#include "plumbline/eval/world_scoring.h"

#include <algorithm>
#include <cmath>
#include <map>

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
  kToldTruly,
  kWords,
  kRepeats,
  kUnparsed,
  kAnswers,
  kNumSums  // then, of each type: answers, score, hallucinated
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

void add_yes_no(Sums& sums, const RatedAnswer& r) {
  const bool truth = r.item.expected == "yes", said = r.verdict.yes_no == 1;
  const bool is_right = r.verdict.yes_no >= 0 && truth == said;
  sums[kYesNo] += 1;
  sums[kSaidYes] += said;
  sums[kRight] += is_right;
  sums[kTruePositive] += truth && said;
  sums[kFalsePositive] += !truth && said;
  sums[kFalseNegative] += truth && !said;
}

void add_answer(Sums& sums, const RatedAnswer& r) {
  sums[kAnswers] += 1;
  sums[kUnparsed] += r.verdict.num_unparsed;
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
  sums[kToldTruly] += r.verdict.told_truly;
  sums[kWords] += count_words(r.answer);
  sums[kRepeats] += r.verdict.num_repeats;
}

std::vector<double> values_of(const Sums& s) {
  std::vector<double> values = {
      ratio(s[kHallucinated], s[kQuestions]),
      ratio(s[kScore], s[kQuestions]),
      ratio(2 * s[kTruePositive], 2 * s[kTruePositive] + s[kFalsePositive] + s[kFalseNegative]),
      ratio(s[kSaidYes], s[kYesNo]),
      ratio(s[kRight], s[kYesNo]),
      ratio(s[kAbsent], s[kMentions]),
      ratio(s[kWithAbsent], s[kDescriptions]),
      ratio(s[kWithFalse], s[kDescriptions]),
      ratio(s[kCoverage], s[kDescriptions]),
      ratio(s[kToldTruly], s[kDescriptions]),
      ratio(s[kWords], s[kDescriptions]),
      ratio(s[kRepeats], s[kDescriptions]),
      ratio(s[kUnparsed], s[kAnswers]),
      ratio(std::abs(s[kFalsePositive] - s[kFalseNegative]), s[kYesNo])};
  for (size_t t = kNumSums; t < s.size(); t += 3) {
    values.push_back(ratio(s[t + 1], s[t]));
    values.push_back(ratio(s[t + 2], s[t]));
  }
  return values;
}

std::vector<FigureSpec> specs_of(const std::vector<std::string>& types) {
  std::vector<FigureSpec> specs = world_figure_specs();
  for (const auto& type : types) {
    specs.push_back({.name = "type/" + type + "/score"});
    specs.push_back({.name = "type/" + type + "/hallucination", .direction = -1});
  }
  return specs;
}

// Those of the benchmark, in their order.
std::vector<std::string> types_of(const std::vector<RatedAnswer>& rated) {
  std::vector<std::string> types;
  for (const auto& type : world::question_types()) {
    if (std::any_of(rated.begin(), rated.end(),
                    [&](const RatedAnswer& r) { return r.item.type == type; })) {
      types.push_back(type);
    }
  }
  return types;
}

ScoredAnswer example_of(const RatedAnswer& r) {
  const bool is_right_yes_no = r.verdict.yes_no == (r.item.expected == "yes" ? 1 : 0);
  return {.id = r.item.id,
          .type = r.item.type,
          .image = r.item.image,
          .question = r.item.question,
          .reference = r.item.reference,
          .answer = r.answer,
          .verdict = std::to_string(r.verdict.num_false) + " false of " +
                     std::to_string(r.verdict.num_claims) + " claims",
          .score = r.item.type == "yes_no" ? 6.0 * is_right_yes_no : r.verdict.score,
          .is_malformed = r.verdict.num_unparsed > 0};
}

}  // namespace

// In the order of values_of.
const std::vector<FigureSpec>& world_figure_specs() {
  static const std::vector<FigureSpec> specs = {
      {.name = "hallucination", .direction = -1, .is_main = true},
      {.name = "score", .is_main = true},
      {.name = "f1", .is_main = true},
      {.name = "yes_rate", .direction = 0},
      {.name = "accuracy"},
      {.name = "chair_i", .direction = -1},
      {.name = "chair_s", .direction = -1, .is_main = true},
      {.name = "false_description", .direction = -1},
      {.name = "coverage", .is_main = true},
      {.name = "told_truly"},
      {.name = "length", .direction = 0},
      {.name = "repeats", .direction = -1},
      {.name = "unparsed", .direction = -1},
      {.name = "yes_bias", .direction = -1}};
  return specs;
}

Scoring world_scoring(const std::vector<RatedAnswer>& rated) {
  const auto types = types_of(rated);
  const size_t num_sums = kNumSums + 3 * types.size();
  std::map<std::string, Sums> by_image;
  Scoring scoring{.figures = specs_of(types),
                  .num_sums = num_sums,
                  .values = values_of,
                  .malformed_as = "no claim"};
  for (const auto& r : rated) {
    auto& sums = by_image.try_emplace(r.item.image, num_sums, 0.0).first->second;
    add_answer(sums, r);
    const auto type = std::find(types.begin(), types.end(), r.item.type) - types.begin();
    const size_t first = kNumSums + 3 * static_cast<size_t>(type);
    sums[first] += 1;
    sums[first + 1] += r.verdict.score;
    sums[first + 2] += r.verdict.is_hallucinated;
    scoring.answers.push_back(example_of(r));
    scoring.num_malformed += scoring.answers.back().is_malformed;
  }
  for (const auto& [image, sums] : by_image) {
    Unit unit{.name = image, .parts = {}};
    for (uint32_t column = 0; column < num_sums; ++column) {
      if (sums[column] != 0) unit.parts.emplace_back(column, sums[column]);
    }
    scoring.units.push_back(std::move(unit));
  }
  return scoring;
}

}  // namespace plumbline::eval
