// What the policy answers to prompts.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/responses.h"
#include "plumbline/rlhf/actor_critic.h"

namespace plumbline::rlhf {

// S answers with R response tokens in all: those that this process gave in an iteration, answers to
// one prompt next to each other.
struct Rollout {
  std::vector<const data::Prompt*> prompts = {};  // [S]
  std::vector<std::string> answers = {};          // [S]
  std::vector<bool> is_finished = {};             // [S]
  engine::Responses actor = {};                   // as the policy reads them
  std::optional<engine::Responses> other = {};    // as the reward model's own base does
  at::Tensor sampled_logprobs = {};               // [R] as they were drawn

  const engine::Responses& critic() const { return other ? *other : actor; }
  const tensor::Spans& spans() const { return actor.spans; }
  int64_t size() const { return std::ssize(prompts); }
  // The response tokens of answer `s`.
  text::TokenIds tokens(int64_t s) const;
};

// Given tokens behind their prompts, prompts[i] for answers[i]. Every answer has at least one
// token.
Rollout rollout_of(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts,
                   const std::vector<text::TokenIds>& answers, const engine::AnswerEnds& ends);

// What ends the policy's answers: generation.stop, ppo.cut_at and what the style has.
engine::AnswerEnds ends_of(const engine::Assistant& actor, const config::Config& config);

// Answers to prompts under the policy, ppo.samples_per_prompt to each, as [generation] says; sample
// j of prompt i is drawn with key.at(first + i).at(j), whatever else is asked for. `first` is the
// place of the first prompt among those of all processes. Images were prepared. Throws Interrupted.
Rollout respond(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts, int64_t first,
                RandomKey key, const config::Config& config);

}  // namespace plumbline::rlhf
