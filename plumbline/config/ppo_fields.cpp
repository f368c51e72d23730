// The list of [ppo].
#include "plumbline/config/section_lists.h"

namespace plumbline::config {
namespace {

std::vector<FieldOf<PpoConfig>> ppo_rollout_fields() {
  return {
      {"total_steps", &PpoConfig::total_steps, "iterations", at_least(1)},
      {"rollout_size", &PpoConfig::rollout_size, "answers per iteration", between(1, 1000000),
       "LLaVA-RLHF release: 512"},
      {"samples_per_prompt", &PpoConfig::samples_per_prompt,
       "answers to each prompt of an iteration; divides rollout_size", at_least(1), kReleased},
      {"minibatch_size", &PpoConfig::minibatch_size,
       "answers per optimiser step; divides rollout_size", at_least(1), "LLaVA-RLHF release: 256"},
      {"epochs", &PpoConfig::epochs, "passes over each iteration's answers", at_least(1),
       "LLaVA-RLHF release: 2"},
      {"micro_tokens", &PpoConfig::micro_tokens, kMicroTokensHelp, at_least(1)},
      {"cut_at",
       &PpoConfig::cut_at,
       "texts behind which an answer is cut off, as one without an end",
       {},
       "LLaVA-RLHF release: [\"?\"]"},
      {"logprobs_at_temperature",
       &PpoConfig::logprobs_at_temperature,
       "log-probabilities are those at generation.temperature; false: at 1",
       {},
       kReleased},
  };
}

std::vector<FieldOf<PpoConfig>> ppo_reward_fields() {
  return {
      {"score_scale",
       &PpoConfig::score_scale,
       "whether the model's score is shifted and scaled to mean 0 and deviation 1: of all scores "
       "so "
       "far, or of the first iteration's",
       {},
       kReleased},
      {"missing_end",
       &PpoConfig::missing_end,
       "where missing_end_penalty goes: added to the score, or instead of it",
       {},
       kReleased},
      {"missing_end_penalty", &PpoConfig::missing_end_penalty,
       "reward of an answer that does not come to its end", at_most(0), "LLaVA-RLHF release: -8"},
      {"length_penalty", &PpoConfig::length_penalty,
       "added to the score of a longest answer, less for shorter ones", at_most(0),
       "LLaVA-RLHF release: -10"},
      {"repetition_penalty", &PpoConfig::repetition_penalty,
       "added to the score for each sentence that is said again", at_most(0), kReleased},
      {"correctness_bonus", &PpoConfig::correctness_bonus,
       "added to the score of a right multiple-choice answer, and half of it for a right yes or no",
       at_least(0), kReleased},
      {"symmetric_yes_no",
       &PpoConfig::symmetric_yes_no,
       "correctness also pays for questions whose answer is yes",
       {},
       "LLaVA-RLHF release: false"},
      {"user_terms", &PpoConfig::user_terms,
       "reward terms of your own, each \"NAME=WEIGHT COMMAND\" or \"NAME=WEIGHT URL\""},
      {"user_term_timeout", &PpoConfig::user_term_timeout, "seconds one of them may take",
       above(0)},
      {"user_term_retries", &PpoConfig::user_term_retries,
       "how often one that fails is asked again", between(0, 100)},
      {"user_term_key", &PpoConfig::user_term_key,
       "environment variable that holds the bearer key of their URLs; empty: no key"},
      {"kl_coef", &PpoConfig::kl_coef, "weight of the per-token KL penalty, per nat", at_least(0),
       kReleased},
      {"kl_estimator",
       &PpoConfig::kl_estimator,
       "per-token estimate of the KL",
       {},
       "LLaVA-RLHF release: k1_clamped"},
      {"kl_in",
       &PpoConfig::kl_in,
       "where the KL penalty goes: into the reward, or into the loss as GRPO has it",
       {},
       kReleased},
      {"kl_controller",
       &PpoConfig::kl_controller,
       "how kl_coef moves during the run",
       {},
       kReleased},
      {"kl_target", &PpoConfig::kl_target, "KL per answer the adaptive controller aims at, nats",
       above(0), "Ziegler et al. 2019 (arXiv 1909.08593)"},
      {"kl_horizon", &PpoConfig::kl_horizon, "answers over which the adaptive controller corrects",
       at_least(1), "Ziegler et al. 2019 (arXiv 1909.08593)"},
      {"kl_ceiling", &PpoConfig::kl_ceiling, "KL per answer that ends the run, nats; 0: none",
       at_least(0)},
      {"reward_scale", &PpoConfig::reward_scale, "factor of shaped rewards", above(0),
       "LLaVA-RLHF release: 10"},
      {"positions",
       &PpoConfig::positions,
       "what rewards, advantages, whitening and losses run over: the tokens of answers, or answers "
       "padded to generation.max_tokens, their reward at the last padding",
       {},
       "LLaVA-RLHF release: padded"},
      {"whiten_rewards",
       &PpoConfig::whiten_rewards,
       "scale shaped rewards to deviation 1 over the iteration, in place of reward_scale",
       {},
       kReleased},
  };
}

std::vector<FieldOf<PpoConfig>> ppo_update_fields() {
  return {
      {"advantage",
       &PpoConfig::advantage,
       "how advantages are estimated; all but gae do without a value model",
       {},
       kReleased},
      {"gamma", &PpoConfig::gamma, "discount per token", between(0, 1), kReleased},
      {"lambda", &PpoConfig::lambda, "GAE mixing", between(0, 1), "LLaVA-RLHF release: 1"},
      {"whiten_advantages",
       &PpoConfig::whiten_advantages,
       "scale advantages to mean 0 and variance 1 over the iteration (gae and reinforce_pp)",
       {},
       kReleased},
      {"loss_weights",
       &PpoConfig::loss_weights,
       "what counts alike in losses: every token, or every answer",
       {},
       kReleased},
      {"clip_range", &PpoConfig::clip_range, "clip of the probability ratio, 1 +- this",
       above(0).up_to(1000), kReleased},
      {"dual_clip", &PpoConfig::dual_clip,
       "bound of a bad answer's loss, times its advantage; 0: none, else above 1", at_least(0),
       "Ye et al. 2020 (arXiv 1912.09729): 3"},
      {"value_clip_range", &PpoConfig::value_clip_range, "clip of a value's change; 0: none",
       at_least(0), kReleased},
      {"vf_coef", &PpoConfig::vf_coef, "weight of the value loss", at_least(0), kReleased},
      {"entropy_coef", &PpoConfig::entropy_coef, "weight of the entropy bonus, per nat",
       at_least(0)},
      {"step_kl_limit", &PpoConfig::step_kl_limit,
       "approximate KL to the policy that sampled which ends an iteration's steps, nats per token; "
       "0: none",
       at_least(0)},
      {"value_warmup_steps", &PpoConfig::value_warmup_steps,
       "first iterations that train the value alone", at_least(0)},
  };
}

std::vector<FieldOf<PpoConfig>> ppo_watch_fields() {
  return {
      {"eval_every", &PpoConfig::eval_every,
       "iterations between greedy answers to data.benchmark; 0: none", at_least(0)},
      {"eval_items", &PpoConfig::eval_items, "benchmark items used for that", at_least(1)},
      {"gold_judge", &PpoConfig::gold_judge,
       "who rates those answers, \"NAME=WEIGHT COMMAND\" or \"NAME=WEIGHT URL\" as in user_terms; "
       "empty: the world's judge"},
      {"samples_every", &PpoConfig::samples_every,
       "iterations between answers to the first prompts, kept in samples/; 0: none", at_least(0)},
      {"length_alarm", &PpoConfig::length_alarm,
       "warn when answers become this many times longer or shorter than at the start; 0: never",
       at_least(0)},
      {"repetition_alarm", &PpoConfig::repetition_alarm,
       "warn when the share of repeated runs of three tokens exceeds that of the start by this; 0: "
       "never",
       between(0, 1)},
  };
}

}  // namespace

std::vector<FieldOf<PpoConfig>> ppo_fields() {
  auto fields = ppo_rollout_fields();
  for (auto* more : {&ppo_reward_fields, &ppo_update_fields, &ppo_watch_fields}) {
    for (auto& field : (*more)()) fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace plumbline::config
