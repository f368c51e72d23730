// What an independent judge says of the policy's answers to questions that are held out. Rewards
// never see it.
#pragma once

#include <optional>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/remote/reward_term.h"
#include "plumbline/rlhf/actor_critic.h"
#include "plumbline/train/metrics.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::rlhf {

class Gold {
 public:
  // At most ppo.eval_items questions of data.benchmark, of all types but yes/no. Nothing where
  // ppo.eval_every is 0. Throws ConfigError and DataError where there are none.
  static std::optional<Gold> read(const config::Config& config);

  // The greedy answers' mean score, "gold/score", and where the world's judge rates them the share
  // that hallucinates, "gold/hallucination", and the mean share of the kinds that descriptions
  // name, "gold/coverage". Answers end as the policy's do. Called by all processes, which share the
  // questions out; goes on when a signal comes.
  train::Metrics measure(ActorCritic& roles, const config::Config& config,
                         parallel::Communicator& processes) const;

 private:
  std::vector<world::BenchmarkItem> items_;
  std::optional<remote::ExternalTerm> judge_;  // in place of the world's
};

}  // namespace plumbline::rlhf
