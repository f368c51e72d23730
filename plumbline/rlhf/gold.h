// What an independent judge says of the policy's answers to questions that are held out. Rewards
// never see it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/records.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/remote/answer_scorer.h"
#include "plumbline/rlhf/actor_critic.h"
#include "plumbline/train/metrics.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::rlhf {

class Gold {
 public:
  // At most ppo.eval_items questions of data.benchmark: of the world's benchmark, all types but
  // yes/no; with ppo.gold_judge also a file of prompts. Nothing where ppo.eval_every is 0.
  // Throws ConfigError and DataError.
  static std::optional<Gold> read(const config::Config& config);

  // Asks a judge of the user's once, for a trial, by one process. Throws what the judge does.
  void try_out_judge() const;

  // The greedy answers' mean score, "gold/score", and where the world's judge rates them the share
  // that hallucinates, "gold/hallucination", and the mean share of the kinds that descriptions
  // name, "gold/coverage". Answers end as the policy's do. Called by all processes, which share the
  // questions out; goes on when a signal comes.
  train::Metrics measure(ActorCritic& roles, const config::Config& config,
                         parallel::Communicator& processes) const;

 private:
  void read_questions(const config::Config& config);

  std::vector<data::Prompt> prompts_;
  std::vector<std::string> references_;        // of them; may be empty
  std::vector<world::BenchmarkItem> items_;    // of them, where the world's judge rates
  std::optional<remote::AnswerScorer> judge_;  // in place of the world's
};

}  // namespace plumbline::rlhf
