// What a benchmark makes of answers: figures of sums over images, so that every figure of every
// benchmark can be resampled and compared in the same way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plumbline/eval/bootstrap.h"
#include "plumbline/eval/printed.h"

namespace plumbline::eval {

// A figure as tables show it.
struct FigureSpec {
  std::string name;      // "random/f1": parts with slashes between
  Format format = {};    // as the official script prints it
  int direction = 1;     // 1 more is better, -1 less is better, 0 neither
  bool is_main = false;  // one of those that papers quote
};

// Answers that hang together, such as those to one image, and what they add to the sums.
struct Unit {
  std::string name;
  std::vector<std::pair<uint32_t, double>> parts;  // column and value; no column twice
};

// Collects sums by unit and column.
class Tally {
 public:
  // The number of a sum's column, new if there is none of this name.
  uint32_t column(const std::string& name);
  void add(const std::string& unit, uint32_t column, double value = 1);

  size_t num_columns() const { return columns_.size(); }
  // In the order of their names, so that intervals do not depend on the order of records. (Sums
  // within a unit do, in their last bits.)
  std::vector<Unit> units() const;

 private:
  std::unordered_map<std::string, uint32_t> columns_;
  std::unordered_map<std::string, std::vector<std::pair<uint32_t, double>>> units_;
};

// An answer as the lists of examples show it.
struct ScoredAnswer {
  std::string id;
  std::string type = {}, image = {}, question = {}, reference = {}, answer = {};
  std::string verdict = {};  // how it was read or judged: "yes", "malformed", "2: cat, dog"
  double score = 0;          // more is better
  bool is_malformed = false;
};

using Sums = std::vector<double>;

struct Scoring {
  std::vector<FigureSpec> figures = {};
  size_t num_sums = 0;
  std::vector<Unit> units = {};
  std::string unit = "images";  // what a unit is, in words
  // The figures, in their order, of sums over units; NaN for 0/0.
  std::function<std::vector<double>(const Sums&)> values = {};

  int64_t num_malformed = 0;  // answers or replies that could not be read
  std::string judge = {};  // whose replies were scored; empty: nobody's, or the file does not say
  std::string malformed_as = {};           // what they counted as: "yes", "wrong", "score 0"
  std::vector<ScoredAnswer> answers = {};  // all, in the order of the questions
  // What predictors that do not look at anything would get: name, figures.
  std::vector<std::pair<std::string, std::vector<double>>> baselines = {};
  std::vector<std::string> notes = {};  // what a reader of the figures must know
};

// The sums over all units.
Sums total(const Scoring& scoring);

// The figures, with percentile bootstrap intervals over the units.
std::vector<Interval> figures_of(const Scoring& scoring, const BootstrapOptions& options);

}  // namespace plumbline::eval
