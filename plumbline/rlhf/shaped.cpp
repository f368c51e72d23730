#include "plumbline/rlhf/shaped.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/data/correctness.h"
#include "plumbline/data/repeated_sentences.h"
#include "plumbline/rl/group_advantages.h"
#include "plumbline/rlhf/team.h"

namespace plumbline::rlhf {
namespace {

constexpr double kLargest = 1e12;

std::vector<double> scaled_scores(const std::vector<double>& scores, rl::Moments& seen,
                                  config::ScoreScale kind, parallel::Communicator& processes) {
  if (kind == config::ScoreScale::None) return scores;
  if (kind == config::ScoreScale::Running || seen.count == 0) {
    seen = rl::merge(seen, merge(processes, rl::moments(scores)));
  }
  return rl::whiten(scores, seen);
}

// Larger numbers would become infinite in float32 sums, without a name.
void check_sizes(const std::vector<rl::Term>& terms) {
  for (const rl::Term& term : terms) {
    for (const double value : term.values) {
      if (std::abs(value) < kLargest) continue;
      throw NumericError(Complaint{.component = "ppo",
                                   .doing = "adding up the reward",
                                   .expected = fmt::format("terms below {:g}", kLargest),
                                   .got = fmt::format("{:g} of the term '{}'", value, term.name),
                                   .hint = "a smaller weight, or another scale."});
    }
  }
}

}  // namespace

const std::vector<std::string>& own_terms() {
  static const std::vector<std::string> names = {"score", "missing_end", "length", "repetition",
                                                 "correctness"};
  return names;
}

std::vector<rl::Term> terms_of(const Rollout& rollout, const Measured& measured, rl::Moments& seen,
                               const config::Config& c, parallel::Communicator& processes) {
  const config::PpoConfig& p = c.ppo;
  const auto scores = scaled_scores(measured.scores, seen, p.score_scale, processes);
  rl::Term missing_end{.name = "missing_end"}, length{.name = "length"},
      repetition{.name = "repetition"}, correctness{.name = "correctness"};
  for (int64_t s = 0; s < rollout.size(); ++s) {
    const auto i = static_cast<size_t>(s);
    const data::Prompt& prompt = *rollout.prompts[i];
    const bool is_finished = rollout.is_finished[i];
    missing_end.values.push_back(
        p.missing_end == config::MissingEnd::Added
            ? rl::missing_end_penalty(is_finished, p.missing_end_penalty)
            : rl::missing_end_replacement(is_finished, scores[i], p.missing_end_penalty));
    length.values.push_back(rl::length_term(rollout.spans().length(s), c.generation.max_tokens,
                                            p.length_penalty, prompt.length_bonus_multiplier));
    repetition.values.push_back(p.repetition_penalty *
                                static_cast<double>(data::repeated_sentences(rollout.answers[i])));
    correctness.values.push_back(p.correctness_bonus * data::correctness(prompt.caption_type,
                                                                         rollout.answers[i],
                                                                         p.symmetric_yes_no));
  }
  std::vector<rl::Term> terms = {
      {.name = "score", .values = scores}, missing_end, length, repetition, correctness};
  for (size_t i = 0; i < terms.size(); ++i)
    PLUMBLINE_CHECK(terms[i].name == own_terms().at(i), terms[i].name);
  terms.insert(terms.end(), measured.users.begin(), measured.users.end());
  return terms;
}

Shaped shape(std::vector<rl::Term> terms, const Measured& measured, const rl::Layout& layout,
             double kl_coef, const config::PpoConfig& p, parallel::Communicator& processes) {
  check_sizes(terms);
  Shaped shaped{.terms = std::move(terms)};
  const at::Tensor kl = layout.of_tokens(kl_of(measured.logprobs, measured.ref_logprobs, p));
  shaped.kl = rl::sums_of(kl, layout.answers);
  const double penalty = p.kl_in == config::KlPlace::Reward ? kl_coef : 0;
  shaped.rewards = rl::shape_rewards(rl::total_of(shaped.terms), kl, layout.answers, penalty,
                                     p.whiten_rewards ? 1 : p.reward_scale);
  if (p.whiten_rewards) {
    const auto of_all = merge(processes, rl::moments(shaped.rewards));
    shaped.rewards = rl::scale_to_one(shaped.rewards, of_all);
  }
  return shaped;
}

rl::Advantages advantages_of(const Shaped& shaped, const Measured& measured,
                             const rl::Layout& layout, const config::PpoConfig& p,
                             parallel::Communicator& processes) {
  rl::Advantages result;
  bool may_whiten = p.whiten_advantages;
  const auto by_group = [&](auto estimator) {
    may_whiten = false;
    const auto of_answers =
        estimator(rl::sums_of(shaped.rewards, layout.answers), p.samples_per_prompt);
    return rl::spread_over(of_answers, layout.answers).to(shaped.rewards.device());
  };
  switch (p.advantage) {
    case config::Advantage::Gae:
      result = rl::gae(shaped.rewards, layout.of_values(measured.values), layout.answers, p.gamma,
                       p.lambda);
      break;
    case config::Advantage::ReinforcePp:
      result.advantages = rl::rewards_to_go(shaped.rewards, layout.answers, p.gamma);
      break;
    case config::Advantage::Rloo:
      result.advantages = by_group(rl::rloo);
      break;
    case config::Advantage::Grpo:
      result.advantages = by_group(rl::grpo);
      break;
  }
  if (!result.returns.defined()) result.returns = at::zeros_like(result.advantages);
  if (may_whiten) {
    const auto of_all = merge(processes, rl::moments(result.advantages));
    result.advantages = rl::whiten(result.advantages, of_all);
  }
  return result;
}

}  // namespace plumbline::rlhf
