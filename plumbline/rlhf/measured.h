// What every role says of the policy's answers, before anything is trained on them.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/remote/answer_scorer.h"
#include "plumbline/rl/layout.h"
#include "plumbline/rl/reward_terms.h"
#include "plumbline/rlhf/rollout.h"

namespace plumbline::rlhf {

// Of S answers with R tokens and V values.
struct Measured {
  at::Tensor logprobs = {};          // [R] under the policy that sampled, from a full forward pass
  at::Tensor ref_logprobs = {};      // [R]
  at::Tensor values = {};            // [V]; undefined without a value model
  std::vector<double> scores = {};   // [S] of the reward model
  std::vector<rl::Term> users = {};  // the users' own terms, weighted
};

// This process' answers of an iteration, on their way through it.
struct Answered {
  Rollout rollout = {};
  Measured measured = {};
  rl::Layout layout = {};
  int64_t first = 0;  // place of the first answer among those of all processes
};

// The positions that PPO's arithmetic runs over, as ppo.positions says.
rl::Layout layout_of(const tensor::Spans& responses, const config::Config& config);
// The temperature of the log-probabilities that are trained.
double logprob_temperature(const config::Config& config);

// ppo.kl_estimator of log-probabilities and the reference's, per token.
at::Tensor kl_of(const at::Tensor& logprobs, const at::Tensor& ref_logprobs,
                 const config::PpoConfig& config);

// Log-probabilities and values, in passes of at most ppo.micro_tokens rows; no gradients.
void measure_tokens(ActorCritic& roles, const Rollout& rollout, const rl::Layout& layout,
                    const config::Config& config, Measured& measured);

// The reward model's scores; it is shown the facts if it was trained so. The order of the facts of
// prompt i is that of key.at(first + i); answers to one prompt see the same. Throws Interrupted,
// and NumericError for a score that is not finite, naming the prompt.
std::vector<double> model_scores(ActorCritic& roles, const engine::RewardInput& input,
                                 const Rollout& rollout, int64_t first, RandomKey key,
                                 const config::PpoConfig& config);

// A user's term of every answer, times its weight. `facts` are those that the reward model has, if
// any.
rl::Term user_term(const remote::AnswerScorer& term, const engine::RewardInput& input,
                   const Rollout& rollout, const std::string& image_folder);

}  // namespace plumbline::rlhf
