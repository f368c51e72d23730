// A model that says how good answers are, as best-of-n, PPO and serving know it. No tensors.
#pragma once

#include <string>
#include <vector>

#include "plumbline/data/facts.h"
#include "plumbline/text/conversation.h"

namespace plumbline::api {

// Answers to one question.
struct Candidates {
  std::vector<std::string> images;  // paths below the scorer's image folder, or data URLs
  std::vector<text::Turn> turns;    // ends with the user's turn that is answered
  std::vector<std::string> answers;
  std::vector<std::string> facts = {};  // of this question; empty: those of its images
  data::FactKind fact_kind = data::FactKind::Captions;
};

class Scorer {
 public:
  virtual ~Scorer() = default;
  // A score per answer, more for better ones, in order. Scores of one model can be compared with
  // each other only.
  virtual std::vector<std::vector<double>> score(const std::vector<Candidates>& questions) = 0;
};

}  // namespace plumbline::api
