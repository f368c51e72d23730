// ScienceQA's figures.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plumbline/benchmarks/science_qa_files.h"
#include "plumbline/eval/shares.h"

namespace plumbline::benchmarks {

inline constexpr std::string_view kScienceLetters = "ABCDE";

// Of a choice, counted from 0.
inline std::string science_letter(size_t choice) { return std::string(1, kScienceLetters[choice]); }

// Accuracy: of all problems, of those with an image, and by subject, context and grade where the
// problems say them, in the order of the papers' tables; then of the readable answers.
class ScienceFigures {
 public:
  explicit ScienceFigures(const std::vector<ScienceProblem>& problems);

  // A tally with all columns.
  eval::Tally start() const { return empty_; }
  // `right`: 1, or 0, or the chance of it. `count`: 0 for a problem that is passed over.
  void add(eval::Tally& tally, const ScienceProblem& problem, double right, double count,
           bool is_readable) const;

  const std::vector<eval::FigureSpec>& specs() const { return shares_.specs(); }
  std::vector<double> values(const eval::Sums& sums) const { return shares_.values(sums); }

 private:
  eval::Tally empty_;
  eval::Shares shares_;
  std::map<std::string, size_t> numbers_;  // of shares, by name
};

// What the most frequent letter gets, each letter, and a random choice on average.
std::vector<std::pair<std::string, std::vector<double>>> science_baselines(
    const std::vector<ScienceProblem>& problems, const ScienceFigures& figures);

}  // namespace plumbline::benchmarks
