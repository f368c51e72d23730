// Figures that are shares of right answers: one sum over another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::eval {

// Keeps two sums in a tally for each share. Declare all of them before anything is counted, from
// the questions alone, so that two systems' sums stand in the same columns.
class Shares {
 public:
  // The number of the share.
  size_t declare(Tally& tally, const FigureSpec& spec);

  // `right` in [0, 1] of `count` answers.
  void add(Tally& tally, const std::string& unit, size_t share, double right,
           double count = 1) const;

  const std::vector<FigureSpec>& specs() const { return specs_; }
  // In the order of declaration; 0/0 is NaN.
  std::vector<double> values(const Sums& sums) const;

 private:
  struct Columns {
    uint32_t right, count;
  };
  std::vector<FigureSpec> specs_;
  std::vector<Columns> columns_;
};

}  // namespace plumbline::eval
