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

// Answers to prompts under the policy, `samples` to each; sample j of prompt i is drawn with
// key.at(first + i).at(j), whatever else is asked for. Images were prepared. Throws Interrupted.
struct RespondOptions {
  config::GenerationConfig generation;
  std::vector<std::string> cut_at = {};
  int64_t samples = 1;
  int64_t first = 0;  // place of the first prompt among those of all processes
  RandomKey key = {};
};
Rollout respond(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts,
                const RespondOptions& options);

// What ends the policy's answers.
engine::AnswerEnds ends_of(const engine::Assistant& actor, const RespondOptions& options);

}  // namespace plumbline::rlhf
