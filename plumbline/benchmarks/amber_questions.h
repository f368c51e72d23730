// AMBER's queries with what annotators say of them.
#pragma once

#include <vector>

#include "plumbline/benchmarks/amber_figures.h"
#include "plumbline/benchmarks/amber_objects.h"
#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

struct AmberQuestion {
  eval::Asked asked;
  AmberType type = AmberType::Generative;
  AmberTruth truth = {};      // of descriptions
  bool is_truth_yes = false;  // of yes/no questions
};

// The request's input "questions" alone: types and truths are as above. Throws IoError or
// DataError.
std::vector<AmberQuestion> read_amber_queries(const eval::EvalRequest& request);

// The same with the input "annotations", whose n-th record must be of id n: the script takes it by
// its place. Throws IoError or DataError.
std::vector<AmberQuestion> read_amber_questions(const eval::EvalRequest& request);

}  // namespace plumbline::benchmarks
