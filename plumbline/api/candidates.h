// What a reward model scores, without tensors.
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

}  // namespace plumbline::api
