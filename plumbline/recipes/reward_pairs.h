// Comparisons as a reward model reads them, and its scores of both answers.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/config.h"
#include "plumbline/data/comparison.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/reward_input.h"

namespace plumbline::recipes {

// One file of comparisons with what is asked about them.
struct Pairs {
  std::vector<data::Comparison> records;
  std::vector<engine::FactRequest> facts;
  std::vector<data::Target> targets;

  int64_t size() const { return std::ssize(records); }
};

// Throws what read_comparisons throws, and DataError when no pair has a vote that counts.
Pairs read_pairs(const std::string& file, const config::Config& c);

// Accuracy chooses the best model: throws DataError for ties alone.
void require_decided(const Pairs& held_out, const std::string& file);

class PairScorer {
 public:
  // `head` names the adapter that judges, "" for the whole model.
  PairScorer(engine::Assistant& assistant, engine::FeatureStore& features,
        const engine::RewardInput& input, std::string head);

  // Throws DataError for a comparison that is too long for the model.
  void check_lengths(const Pairs& pairs, const std::string& file) const;

  // Both answers of a comparison see the same facts in the same order, drawn from `key`.
  engine::Branches encode(const Pairs& pairs, int64_t index, RandomKey key) const;

  // Scores of first and second answers, [P] each. Differentiable.
  std::pair<at::Tensor, at::Tensor> score(const std::vector<const engine::Branches*>& pairs,
                                          std::vector<RandomKey> dropout_keys = {});

  at::Device device() const { return assistant_.device(); }

 private:
  engine::Assistant& assistant_;
  engine::FeatureStore& features_;
  const engine::RewardInput& input_;
  std::string head_;
};

}  // namespace plumbline::recipes
