// What an iteration's answers were like, in figures that are equal in all processes.
#pragma once

#include "plumbline/parallel/communicator.h"
#include "plumbline/rlhf/measured.h"
#include "plumbline/rlhf/shaped.h"
#include "plumbline/train/metrics.h"

namespace plumbline::rlhf {

struct Iteration {
  const Answered& answered;
  const Shaped& shaped;
  const rl::Advantages& advantages;
  int64_t total = 0;  // answers of all processes
  double kl_coef = 0;
  bool compares_draws = true;  // whether tokens were drawn with the log-probabilities measured
};

// Means over answers, and of each reward term also its deviation and its share of all terms'
// absolute means; docs/metrics.md has each name. `kl_is_term` tells whether the KL is a term.
train::Metrics figures_of(const Iteration& iteration, bool kl_is_term,
                          parallel::Communicator& processes);

}  // namespace plumbline::rlhf
