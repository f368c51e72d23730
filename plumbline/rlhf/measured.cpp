#include "plumbline/rlhf/measured.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numeric>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/rl/kl.h"
#include "plumbline/rlhf/user_terms.h"

namespace plumbline::rlhf {
namespace {

// The answers to each prompt as one question.
std::vector<api::Candidates> questions_of(const Rollout& rollout, int64_t samples) {
  std::vector<api::Candidates> questions;
  for (int64_t s = 0; s < rollout.size(); ++s) {
    const auto i = static_cast<size_t>(s);
    if (s % samples == 0) {
      questions.push_back(engine::candidates_of(*rollout.prompts[i], {}));
    }
    questions.back().answers.push_back(rollout.answers[i]);
  }
  return questions;
}

}  // namespace

rl::Layout layout_of(const tensor::Spans& responses, const config::Config& c) {
  return c.ppo.positions == config::Positions::Padded
             ? rl::padded_layout(responses, c.generation.max_tokens)
             : rl::answer_layout(responses);
}

double logprob_temperature(const config::Config& c) {
  return c.ppo.logprobs_at_temperature ? c.generation.temperature : 1;
}

// The setting's values are ours, in their order.
static_assert(
    static_cast<int>(config::KlEstimatorKind::K1) == static_cast<int>(rl::KlEstimator::K1) &&
    static_cast<int>(config::KlEstimatorKind::K1Clamped) ==
        static_cast<int>(rl::KlEstimator::K1Clamped) &&
    static_cast<int>(config::KlEstimatorKind::K2) == static_cast<int>(rl::KlEstimator::K2) &&
    static_cast<int>(config::KlEstimatorKind::K3) == static_cast<int>(rl::KlEstimator::K3));

at::Tensor kl_of(const at::Tensor& logprobs, const at::Tensor& ref_logprobs,
                 const config::PpoConfig& c) {
  return rl::kl_per_token(logprobs, ref_logprobs, static_cast<rl::KlEstimator>(c.kl_estimator));
}

void measure_tokens(ActorCritic& roles, const Rollout& rollout, const rl::Layout& layout,
                    const config::Config& c, Measured& measured) {
  const at::NoGradGuard no_grad;
  engine::Assistant &actor = roles.actor(), &critic = roles.critic();
  const auto options = at::TensorOptions().dtype(at::kFloat).device(actor.device());
  std::vector<int64_t> all(static_cast<size_t>(rollout.size()));
  std::iota(all.begin(), all.end(), 0);
  measured.logprobs = at::empty({rollout.spans().total()}, options);
  measured.ref_logprobs = at::empty_like(measured.logprobs);
  const double temperature = logprob_temperature(c);
  for (const auto& part : engine::response_batches(rollout.actor, all, c.ppo.micro_tokens,
                                                   roles.actor_images(), actor.device())) {
    const at::Tensor places = engine::places_of(part.chosen, rollout.spans()).to(actor.device());
    const auto logprobs = [&](const char* role) {
      return engine::response_logprobs(actor.model, part, role, temperature).logprobs;
    };
    measured.logprobs.index_copy_(0, places, logprobs(engine::kPolicy));
    measured.ref_logprobs.index_copy_(0, places, logprobs(engine::kReference));
    stop_if_interrupted();
  }
  if (!roles.has_values()) return;
  measured.values = at::empty({layout.value_rows.total()}, options);
  for (const auto& part : engine::response_batches(rollout.critic(), all, c.ppo.micro_tokens,
                                                   roles.critic_images(), critic.device())) {
    tensor::Spans of_part;
    for (const int64_t s : part.chosen) of_part.append(layout.value_rows.length(s));
    measured.values.index_copy_(
        0, engine::places_of(part.chosen, layout.value_rows).to(critic.device()),
        engine::response_values(critic.model, part, engine::kValue, of_part));
    stop_if_interrupted();
  }
}

std::vector<double> model_scores(ActorCritic& roles, const engine::RewardInput& input,
                                 const Rollout& rollout, int64_t first, RandomKey key,
                                 const config::PpoConfig& c) {
  engine::RewardScorer scorer(roles.critic(), roles.critic_images(), input, roles.reward_head(),
                              c.micro_tokens, key);
  const auto questions = questions_of(rollout, c.samples_per_prompt);
  std::vector<std::vector<std::string>> facts;
  for (size_t i = 0; i < questions.size(); ++i) {
    facts.push_back(input.shown_facts(roles.critic().tokenizer, engine::fact_request(questions[i]),
                                      key.at(static_cast<uint64_t>(first) + i)));
  }
  std::vector<double> scores;
  for (const auto& of_prompt : scorer.score_with(questions, facts)) {
    for (const double score : of_prompt) {
      if (!std::isfinite(score)) {
        throw NumericError(Complaint{.component = "ppo",
                                     .doing = "scoring answers",
                                     .expected = "finite scores of the reward model",
                                     .got = std::to_string(score) + " for an answer to prompt '" +
                                            rollout.prompts[scores.size()]->id + "'",
                                     .hint = "the reward model's weights may be damaged: `score` "
                                             "tells."});
      }
      scores.push_back(score);
    }
  }
  return scores;
}

rl::Term user_term(const remote::AnswerScorer& term, const engine::RewardInput& input,
                   const Rollout& rollout, const std::string& image_folder) {
  std::vector<remote::AnswerToScore> asked;
  for (int64_t s = 0; s < rollout.size(); ++s) {
    const auto i = static_cast<size_t>(s);
    const data::Prompt& prompt = *rollout.prompts[i];
    asked.push_back(asked_of(prompt.id, prompt.image, image_folder, prompt.turns.back().text));
    asked.back().answer = rollout.answers[i];
    asked.back().facts = input.facts_of(engine::fact_request(prompt));
    asked.back().is_finished = rollout.is_finished[i];
  }
  rl::Term result{.name = term.spec().name, .values = term.score(asked)};
  for (double& value : result.values) value *= term.spec().weight;
  return result;
}

}  // namespace plumbline::rlhf
