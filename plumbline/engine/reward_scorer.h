// A reward model in this process that says how good answers are.
#pragma once

#include <string>
#include <vector>

#include "plumbline/api/candidates.h"
#include "plumbline/config/config.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/reward_input.h"

namespace plumbline::engine {

inline constexpr int64_t kScoringRows = 8192;  // of a forward pass, where no setting says

// A reward model by itself: an adapter on its base, or a whole model with a head.
struct RewardModel {
  Assistant assistant;
  std::string head;  // name of the adapter that judges, "" for a whole model
};

// Whether a reward model is no adapter but a model with a head.
bool is_whole_model(const fs::path& folder);

// The folder of a reward model's base: itself, where it is a whole model; model.reward_base;
// model.path; or what the folder model.reward_adapter says of itself. Throws ConfigError when none
// tells, and when a whole model is given another base.
std::string reward_base(const config::ModelConfig& config);

// Loads model.reward_adapter, an adapter on reward_base or a whole model. Throws what the loaders
// of both do, in the name of `stage`.
RewardModel load_reward_model(const config::Config& config, at::Device device,
                              const std::string& stage);

FactRequest fact_request(const api::Candidates& question);
// Answers to a prompt, with the facts that fact_request finds for it.
api::Candidates candidates_of(const data::Prompt& prompt, std::vector<std::string> answers);

// How that model is asked: as its folder says, or, where it says nothing (LLaVA-RLHF's), as
// [reward] does. Throws what RewardInput::load and load_reward_template do.
RewardInput load_reward_input(const config::Config& config);

// Scores of all ends under a reward model, in portions of at most `budget` rows, group by group.
// Looks at images it has not seen yet first. Throws Interrupted when a signal came.
std::vector<std::vector<double>> score_branches(Assistant& assistant, FeatureStore& store,
                                                const std::vector<Branches>& groups,
                                                const std::string& head, int64_t budget);

// Borrows assistant, store and input. Answers to one question are run behind what they share.
class RewardScorer {
 public:
  // At most `budget` rows in a forward pass, where one question's answers have no more. `key` draws
  // the order of facts: question i has that of key.at(i).
  RewardScorer(Assistant& assistant, FeatureStore& store, const RewardInput& input,
               std::string head, int64_t budget, RandomKey key)
      : assistant_(assistant),
        store_(store),
        input_(input),
        head_(std::move(head)),
        budget_(budget),
        key_(key) {}

  // A score per answer, more for better ones, in order. Scores of one model can be compared with
  // each other only. Throws DataError for answers that are too long, and what score_branches does.
  std::vector<std::vector<double>> score(const std::vector<api::Candidates>& questions);
  // The same with facts given: facts[i] are shown as they stand, for question i.
  std::vector<std::vector<double>> score_with(const std::vector<api::Candidates>& questions,
                                              const std::vector<std::vector<std::string>>& facts);

 private:
  Assistant& assistant_;
  FeatureStore& store_;
  const RewardInput& input_;
  std::string head_;
  int64_t budget_;
  RandomKey key_;
};

}  // namespace plumbline::engine
