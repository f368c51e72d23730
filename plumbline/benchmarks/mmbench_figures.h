// MMBench's figures.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/benchmarks/mmbench_files.h"
#include "plumbline/eval/shares.h"

namespace plumbline::benchmarks {

// What the answer to a row was read as.
struct MmbenchChoice {
  char letter = 0;  // 0: unresolved
  bool is_malformed = false;
};

// Circular accuracy: questions of which every rotation is answered right. Vanilla: of the rows in
// their first order. Row: of all rows; of_readable: of those that could be read. By l2-category and
// category: circular, or vanilla where nothing is rotated. Each under the split's name where the
// rows are of several. The rows outlive it.
class MmbenchFigures {
 public:
  MmbenchFigures(const std::vector<MmbenchRow>& rows, bool is_rotated, const eval::Format& format);

  const std::vector<eval::FigureSpec>& specs() const { return shares_.specs(); }
  std::vector<double> values(const eval::Sums& sums) const { return shares_.values(sums); }

  // A choice for each row, in their order. The unit is the question.
  eval::Tally count(const std::vector<MmbenchRow>& rows,
                    const std::vector<MmbenchChoice>& choices) const;

 private:
  void declare(const std::string& name, bool is_main = false);
  void add(eval::Tally& tally, const std::string& unit, const std::string& name,
           bool is_right) const;
  std::string prefix(const MmbenchRow& row) const;

  bool is_rotated_;
  bool has_splits_ = false;
  eval::Format format_;
  eval::Tally empty_;  // with all columns
  eval::Shares shares_;
  std::map<std::string, size_t> numbers_;  // of shares, by name
};

}  // namespace plumbline::benchmarks
