// AMBER's figures with its script's denominators and rounding.
#pragma once

#include <string>
#include <vector>

#include "plumbline/benchmarks/amber_objects.h"
#include "plumbline/eval/scoring.h"

namespace plumbline::benchmarks {

enum class AmberType { Generative, State, Number, Action, Existence, Relation };

// Of annotations' types: both "relation" and "discriminative-relation" are Relation. Throws
// DataError naming `where`.
AmberType amber_type(const std::string& name, const std::string& where);

// How a yes/no question was answered.
struct AmberAnswer {
  bool is_truth_yes = false;
  bool is_yes = false, is_no = false;  // neither: malformed
};

// In percent, as the script computes them: each denominator begins at 0.001 (attribute, which pools
// three, at 0.003), so that 0/0 is 0; but figures of a part without any question are NaN; "No" is
// what precision and recall are of; F1 is of precision and recall rounded to one decimal, with
// 0.0001 (existence 0.001) added to its denominator.
class AmberFigures {
 public:
  // Figures of the parts that these types are of. `is_accuracy_only`, as VLMEvalKit: plain shares,
  // no precision, recall and F1, and the mean of attribute, existence and relation.
  AmberFigures(eval::Tally& tally, const std::vector<AmberType>& types, bool is_accuracy_only);

  void add(eval::Tally& tally, const std::string& unit, const AmberMentions& mentions,
           const AmberTruth& truth) const;
  void add(eval::Tally& tally, const std::string& unit, AmberType type,
           const AmberAnswer& answer) const;

  std::vector<eval::FigureSpec> specs() const;
  std::vector<double> values(const eval::Sums& sums) const;

 private:
  struct Generative {
    uint32_t descriptions, faithful, kept, hallucinated, truth, covered, not_there, imagined;
  };
  struct Part {
    std::string name;
    std::vector<AmberType> types;
    double start;  // of its denominators
    double f1_start;
    bool is_main = false;
    uint32_t count, right, truth_no, answered_no, right_no, readable;
  };
  void add_part(eval::Tally& tally, const Part& part);

  bool is_accuracy_only_, has_generative_ = false;
  Generative generative_ = {};
  std::vector<Part> parts_;
};

}  // namespace plumbline::benchmarks
