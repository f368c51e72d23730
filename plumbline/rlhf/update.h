// The optimiser steps of an iteration.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/config.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/layout.h"
#include "plumbline/rlhf/measured.h"
#include "plumbline/train/trainable.h"

namespace plumbline::rlhf {

// What the steps are about.
struct Lesson {
  const Answered& answered;
  const rl::Advantages& advantages;
  std::vector<double> num_positions;  // of each answer of all processes
  std::vector<double> num_tokens;     // the same
  double kl_coef = 0;                 // of the KL in the loss
};

// Gradients of one minibatch, a list of places among the answers of all processes, averaged over
// all of them as ppo.loss_weights says. Returns this process' part of the figures: sums over
// processes are the minibatch's. Those of the policy are means over response tokens, also where
// positions are padded.
train::Metrics backward(ActorCritic& roles, const Lesson& lesson,
                        const std::vector<int64_t>& minibatch, bool trains_policy,
                        const config::Config& config, train::Trainable& trainable);

// All epochs over all minibatches, drawn with `key`. Ends early where ppo.step_kl_limit is passed.
// Returns the means over the minibatches, and "optimiser_steps". Throws NumericError for figures or
// gradients that are not finite, before the weights change.
train::Metrics update(ActorCritic& roles, const Lesson& lesson, int64_t iteration, RandomKey key,
                      const config::Config& config, train::Trainable& trainable,
                      parallel::Communicator& processes);

}  // namespace plumbline::rlhf
