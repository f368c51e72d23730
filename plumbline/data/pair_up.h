// Which of the answers sampled for a prompt are compared with each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/config.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/records.h"

namespace plumbline::data {

struct PairOptions {
  config::PairBy by = config::PairBy::Random;
  int64_t pairs_per_prompt = 1;
  RandomKey key = {};
};

struct PairedUp {
  std::vector<Comparison> pairs;  // without a preference; the prompt's id, image and question
  int64_t duplicates = 0;         // answers dropped since the same stands before them
  int64_t blank = 0;              // answers that say nothing, dropped as well
  int64_t unpaired = 0;           // prompts left with fewer than two answers
};

// Two answers to a prompt, in this order, without a preference. Its caption_type, which tells the
// facts, becomes metadata.
Comparison pair_of(const Prompt& prompt, std::string output_1, std::string output_2);

// Throws DataError when `others`, of another model, has no answers to a prompt. Called before long
// work starts.
void check_answered(const std::vector<Prompt>& prompts, const std::vector<SampledAnswers>& others);

// The pairs of every prompt, at most pairs_per_prompt of them, best first:
//   Random   any two answers
//   Length   those that differ most in length, in characters
//   Reward   those whose scores lie farthest apart; scores[i][j] is of samples[i].answers[j]
//   Models   an answer with one of `others` to the prompt of the same id, drawn
// Of equals, those that are drawn first. Which answer of a pair stands first is drawn, too. Throws
// InternalError when scores are needed and do not fit, and what check_answered does.
PairedUp pair_up(const std::vector<SampledAnswers>& samples,
                 const std::vector<std::vector<double>>& scores,
                 const std::vector<SampledAnswers>& others, const PairOptions& options);

}  // namespace plumbline::data
