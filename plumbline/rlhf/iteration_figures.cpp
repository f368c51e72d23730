#include "plumbline/rlhf/iteration_figures.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "plumbline/rl/group_advantages.h"
#include "plumbline/rl/repetition.h"
#include "plumbline/rlhf/team.h"

namespace plumbline::rlhf {
namespace {

double mean_size(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Means, deviations and shares of the reward's terms, which hold all processes' answers.
void add_terms(const std::vector<rl::Term>& terms, train::Metrics& figures) {
  double sizes = 0;
  for (const auto& term : terms) sizes += mean_size(term.values);
  for (const auto& term : terms) {
    const auto moments = rl::moments(term.values);
    figures["reward/" + term.name] = moments.mean;
    figures["reward/" + term.name + "_std"] = moments.deviation();
    figures["reward/" + term.name + "_share"] = sizes > 0 ? mean_size(term.values) / sizes : 0;
  }
  const auto total = rl::moments(rl::total_of(terms));
  figures["reward/total"] = total.mean;
  figures["reward/total_std"] = total.deviation();
}

// Of each own answer.
std::vector<double> lengths_of(const Rollout& rollout) {
  const auto lengths = rollout.spans().lengths();
  return {lengths.begin(), lengths.end()};
}
std::vector<double> repetition_of(const Rollout& rollout) {
  std::vector<double> shares;
  for (int64_t s = 0; s < rollout.size(); ++s) {
    shares.push_back(rl::repeated_share(rollout.tokens(s)));
  }
  return shares;
}

void add_values(const Iteration& it, parallel::Communicator& processes, train::Metrics& figures) {
  const at::Tensor values = it.answered.layout.of_values(it.answered.measured.values);
  const auto returns = merge(processes, rl::moments(it.advantages.returns));
  const auto errors = merge(processes, rl::moments(it.advantages.returns - values));
  figures["value/mean"] = merge(processes, rl::moments(values)).mean;
  figures["returns/mean"] = returns.mean;
  figures["value/explained_variance"] =
      returns.squares > 0 ? 1 - errors.squares / returns.squares : 0;
}

}  // namespace

train::Metrics figures_of(const Iteration& it, bool kl_is_term, parallel::Communicator& processes) {
  const auto everyone = [&](const std::vector<double>& own) {
    return gather(processes, own, it.answered.first, it.total);
  };
  const auto mean = [&](const std::vector<double>& own) { return rl::moments(everyone(own)).mean; };
  train::Metrics figures;
  std::vector<rl::Term> terms;
  for (const auto& term : it.shaped.terms) terms.push_back({term.name, everyone(term.values)});
  if (kl_is_term) {
    std::vector<double> penalties;
    for (const double kl : it.shaped.kl) penalties.push_back(-it.kl_coef * kl);
    terms.push_back({"kl", everyone(penalties)});
  }
  add_terms(terms, figures);
  const auto scores = rl::moments(everyone(it.answered.measured.scores));
  figures["score/model"] = scores.mean;
  figures["score/model_std"] = scores.deviation();
  figures["kl/coefficient"] = it.kl_coef;
  figures["kl/penalised"] = mean(it.shaped.kl);
  figures["kl/k1"] =
      mean(rl::sums_of(it.answered.measured.logprobs - it.answered.measured.ref_logprobs,
                       it.answered.rollout.spans()));
  figures["response/length"] = mean(lengths_of(it.answered.rollout));
  figures["response/repetition"] = mean(repetition_of(it.answered.rollout));
  figures["response/stopped"] =
      mean({it.answered.rollout.is_finished.begin(), it.answered.rollout.is_finished.end()});
  if (it.compares_draws && it.answered.rollout.sampled_logprobs.defined()) {
    const double own = (it.answered.rollout.sampled_logprobs - it.answered.measured.logprobs)
                           .abs()
                           .max()
                           .item<double>();
    const auto gaps = gather(processes, {own}, processes.rank(), processes.size());
    figures["policy/decoder_gap"] = *std::max_element(gaps.begin(), gaps.end());
  }
  if (it.answered.measured.values.defined()) add_values(it, processes, figures);
  return figures;
}

}  // namespace plumbline::rlhf
