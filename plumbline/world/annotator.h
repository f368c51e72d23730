// Simulated annotators: which of two answers is better, with noise and disagreement.
#pragma once

#include <string>

#include "plumbline/world/judge.h"

namespace plumbline::world {

// Worth of an answer to an annotator:
//   2 * asked + detail - num_false - 0.5 * (num_repeats + num_unparsed)
// A kind named with all its attributes is worth 1, a false statement costs 1, a repeat or a
// sentence nobody can read 0.5; whether the question itself was answered weighs most. What nobody
// asked earns nothing. An empty answer is worth -0.5.
double utility(const Verdict& verdict);

struct Preference {
  int preference = 1;          // 1 or 2: the answer that most annotators prefer
  bool hallucination = false;  // the other answer tells something false
  double agreement = 1;        // share of annotators who prefer it, 0.5 to 1
};

// Each of `num_annotators` compares the utilities plus normal noise of standard deviation `noise`
// on the difference. Ties among them go to the first annotator. Throws InternalError if
// num_annotators < 1.
Preference compare(const BenchmarkItem& item, const std::string& a, const std::string& b,
                   double noise, int num_annotators, RandomKey key);

// The answer with one change for the better or the worse: a sentence added, dropped or replaced,
// true or false. In descriptions adding and dropping are equally likely where both are possible, so
// that the longer answer is the better one in half of such pairs. Returns the answer unchanged when
// there is nothing to change in the direction asked.
std::string edited(const BenchmarkItem& item, const std::string& answer, RandomKey key,
                   bool make_better);

}  // namespace plumbline::world
