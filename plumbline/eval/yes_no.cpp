#include "plumbline/eval/yes_no.h"

#include <cctype>

namespace plumbline::eval {

const char* name_of(YesNo answer) {
  return answer == YesNo::Yes ? "yes" : answer == YesNo::No ? "no" : "neither";
}

YesNoOutcome outcome_of(bool is_truth_yes, YesNo predicted) {
  return {.is_true_positive = is_truth_yes && predicted == YesNo::Yes,
          .is_false_positive = !is_truth_yes && predicted == YesNo::Yes,
          .is_true_negative = !is_truth_yes && predicted == YesNo::No,
          .is_false_negative = is_truth_yes && predicted == YesNo::No,
          .is_yes = predicted == YesNo::Yes,
          .is_malformed = predicted == YesNo::Neither};
}

YesNoFigures::YesNoFigures(Tally& tally, const std::string& prefix)
    : count_(tally.column(prefix + "count")),
      right_(tally.column(prefix + "right")),
      true_positive_(tally.column(prefix + "true positive")),
      false_positive_(tally.column(prefix + "false positive")),
      false_negative_(tally.column(prefix + "false negative")),
      yes_(tally.column(prefix + "yes")),
      readable_(tally.column(prefix + "readable")),
      readable_right_(tally.column(prefix + "readable right")) {}

void YesNoFigures::add(Tally& tally, const std::string& unit, const YesNoOutcome& o) const {
  const bool is_right = o.is_true_positive || o.is_true_negative;
  tally.add(unit, count_);
  if (is_right) tally.add(unit, right_);
  if (o.is_true_positive) tally.add(unit, true_positive_);
  if (o.is_false_positive) tally.add(unit, false_positive_);
  if (o.is_false_negative) tally.add(unit, false_negative_);
  if (o.is_yes) tally.add(unit, yes_);
  if (!o.is_malformed) tally.add(unit, readable_);
  if (!o.is_malformed && is_right) tally.add(unit, readable_right_);
}

std::vector<FigureSpec> YesNoFigures::specs(const std::string& prefix, const Format& format) {
  return {{.name = prefix + "accuracy", .format = format, .is_main = true},
          {.name = prefix + "precision", .format = format},
          {.name = prefix + "recall", .format = format},
          {.name = prefix + "f1", .format = format, .is_main = true},
          {.name = prefix + "yes_ratio", .format = format, .direction = 0, .is_main = true},
          {.name = prefix + "accuracy_of_readable", .format = format}};
}

std::vector<double> YesNoFigures::values(const Sums& sums) const {
  const double precision =
      ratio(sums[true_positive_], sums[true_positive_] + sums[false_positive_]);
  const double recall = ratio(sums[true_positive_], sums[true_positive_] + sums[false_negative_]);
  return {ratio(sums[right_], sums[count_]), precision, recall,
          // The counts' form: 0 where nothing is right, and 0/0 only where there is nothing.
          ratio(2 * sums[true_positive_],
                2 * sums[true_positive_] + sums[false_positive_] + sums[false_negative_]),
          ratio(sums[yes_], sums[count_]), ratio(sums[readable_right_], sums[readable_])};
}

bool has_word(std::string_view text, std::string_view word) {
  const auto is_letter = [&](size_t i) {
    return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0;
  };
  for (size_t begin = 0; begin + word.size() <= text.size(); ++begin) {
    bool is_equal = true;
    for (size_t i = 0; i < word.size() && is_equal; ++i) {
      is_equal = std::tolower(static_cast<unsigned char>(text[begin + i])) ==
                 std::tolower(static_cast<unsigned char>(word[i]));
    }
    if (is_equal && (begin == 0 || !is_letter(begin - 1)) && !is_letter(begin + word.size())) {
      return true;
    }
  }
  return false;
}

}  // namespace plumbline::eval
