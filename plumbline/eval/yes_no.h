// Yes/no questions: counts and the figures of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::eval {

enum class YesNo { Yes, No, Neither };

const char* name_of(YesNo answer);  // "yes", "no", "neither"

// What one answer counts as, by the rule of whoever reads it.
struct YesNoOutcome {
  bool is_true_positive = false, is_false_positive = false;
  bool is_true_negative = false, is_false_negative = false;
  bool is_yes = false;        // for the yes-ratio
  bool is_malformed = false;  // says neither
};

// Truth and prediction as they are: neither is wrong, and a negative of no kind.
YesNoOutcome outcome_of(bool is_truth_yes, YesNo predicted);

// Collects outcomes under a prefix ("random/") in a tally, and makes accuracy, precision, recall,
// F1, yes-ratio and the accuracy of the readable answers of the sums.
class YesNoFigures {
 public:
  YesNoFigures(Tally& tally, const std::string& prefix);

  void add(Tally& tally, const std::string& unit, const YesNoOutcome& outcome) const;

  static constexpr size_t kF1 = 3;  // place among the values
  static std::vector<FigureSpec> specs(const std::string& prefix, const Format& format);
  // In the order of specs. accuracy: right of all; precision, recall, F1: of "yes", 0/0 is NaN.
  std::vector<double> values(const Sums& sums) const;

 private:
  uint32_t count_, right_, true_positive_, false_positive_, false_negative_, yes_, readable_,
      readable_right_;
};

// Whether the text has this word, in any case of its letters: letters and digits make words.
bool has_word(std::string_view text, std::string_view word);

}  // namespace plumbline::eval
