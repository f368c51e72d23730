// Simulated annotators: which of two answers is better, with noise and disagreement.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/data/comparison.h"
#include "plumbline/world/judge.h"

namespace plumbline::world {

// Worth of an answer to an annotator:
//   2 * asked + detail - honesty * num_false - 0.5 * (num_repeats + num_unparsed)
// A kind named with all its attributes is worth 1, a false statement costs `honesty`, a repeat or a
// sentence nobody can read 0.5; whether the question itself was answered weighs most. What nobody
// asked earns nothing. An empty answer is worth -0.5.
double utility(const Verdict& verdict, double honesty = 1);

// One annotator: how wrongly they see, and how much a false statement weighs to them.
struct Annotator {
  std::string name;
  double noise = 0;       // standard deviation of the error on a difference of worth
  double honesty = 1;     // what a false statement costs
  double tie_within = 0;  // differences they call a tie
};

struct AnnotatorOptions {
  int64_t count = 1;
  double noise = 0, noise_spread = 0;      // the spread is the deviation of its logarithm
  double honesty = 1, honesty_spread = 0;  // the spread is its deviation
  double tie_within = 0;
};

// "annotator-1", "annotator-2", ... Annotator i is drawn from key.at(i): more of them leave the
// others as they are.
std::vector<Annotator> make_annotators(const AnnotatorOptions& options, RandomKey key);

// What the annotator says of two answers: the one of more worth, as they see it. What is exactly
// equal is a coin toss for those who call nothing a tie. The flags say which answer tells something
// false; these they see truly.
data::Vote vote(const Annotator& annotator, const BenchmarkItem& item, const std::string& a,
                const std::string& b, RandomKey key);

// The answer of more worth, seen without error.
data::Choice better_of(const BenchmarkItem& item, const std::string& a, const std::string& b);

// The answer with one change for the better or the worse: a sentence added, dropped, replaced or
// said again, true or false. In descriptions adding and dropping are equally likely where both are
// possible, so that the longer answer is the better one in half of such pairs; repeats come on top.
// Returns the answer unchanged when there is nothing to change in the direction asked.
std::string edited(const BenchmarkItem& item, const std::string& answer, RandomKey key,
                   bool make_better);

}  // namespace plumbline::world
