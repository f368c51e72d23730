// Rewards and advantages of the policy's answers.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/layout.h"
#include "plumbline/rl/reward_terms.h"
#include "plumbline/rl/whiten.h"
#include "plumbline/rlhf/measured.h"

namespace plumbline::rlhf {

// This process' answers: S of them, over P positions.
struct Shaped {
  std::vector<rl::Term> terms = {};  // [S] each, weighted; the first is the model's score
  std::vector<double> kl = {};       // [S] sums over an answer, nats, by ppo.kl_estimator
  at::Tensor rewards = {};           // [P]
};

// The names of the terms that are ours.
const std::vector<std::string>& own_terms();

// Our own terms, in that order, and the users', each by its name. The first iteration's scores, or
// all so far, scale the score where asked for: of all processes. `seen` holds their moments, and
// outlives an iteration.
std::vector<rl::Term> terms_of(const Rollout& rollout, const Measured& measured, rl::Moments& seen,
                               const config::Config& config, parallel::Communicator& processes);

// Rewards by position; the KL penalty is in them unless ppo.kl_in says the loss. Throws
// NumericError for a term that is not finite, or too large for float32 sums.
Shaped shape(std::vector<rl::Term> terms, const Measured& measured, const rl::Layout& layout,
             double kl_coef, const config::PpoConfig& config, parallel::Communicator& processes);

// Advantages by ppo.advantage, [P], whitened over all processes where that belongs to it, and the
// values' targets (zeros without a value model).
rl::Advantages advantages_of(const Shaped& shaped, const Measured& measured,
                             const rl::Layout& layout, const config::PpoConfig& config,
                             parallel::Communicator& processes);

}  // namespace plumbline::rlhf
