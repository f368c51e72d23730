// Two answers to one question with a reward model's scores and what annotators chose.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::audit {

struct ScoredPair {
  std::string image;  // pairs of one image hang together
  std::string type;   // of question
  double score_1 = 0, score_2 = 0;
  double target = 0.5;                 // 1: the first is better, 0: the second, 0.5: a tie
  int64_t length_1 = 0, length_2 = 0;  // in words or tokens
  // False claims in each answer, or 0 and 1 where only a hallucination flag is known.
  std::optional<double> false_1 = {}, false_2 = {};
  std::optional<double> overlap_1 = {}, overlap_2 = {};  // facts_overlap of each answer
};

bool is_tie(const ScoredPair& pair);

// Of two values that belong to the pair's answers, that of the better and of the worse one. The
// pair is no tie.
template <class Value>
Value of_better(const ScoredPair& pair, Value first, Value second) {
  return pair.target > 0.5 ? first : second;
}
template <class Value>
Value of_worse(const ScoredPair& pair, Value first, Value second) {
  return pair.target > 0.5 ? second : first;
}

// How right it is to call the answer with the larger value the better one: 1, 0, or 0.5 when the
// values are equal, as with a coin. The pair is no tie.
double credit(const ScoredPair& pair, double first, double second);

// Throws NumericError naming the image of a score that is not finite, InternalError for a target
// outside [0, 1] or a negative length.
void check_pairs(const std::vector<ScoredPair>& pairs);

// The units of eval::bootstrap: one row of `width` sums for each image, to which `add` adds each of
// its pairs. In the order of the images' names, so that the order of the pairs does not matter.
std::vector<std::vector<double>> sums_by_image(
    const std::vector<ScoredPair>& pairs, size_t width,
    const std::function<void(std::vector<double>& sums, size_t index)>& add);

}  // namespace plumbline::audit
