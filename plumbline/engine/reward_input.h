// How a reward model is asked, and asking it.
#pragma once

#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/text/reward_prompt.h"

namespace plumbline::engine {

// The prompt and the facts of a reward model. Kept beside its adapter, so that PPO asks the model
// exactly as it was trained: with the same words, and with facts only if it was trained with them.
class RewardInput {
 public:
  RewardInput(text::RewardTemplate prompt, bool has_facts, int64_t max_facts)
      : prompt_(std::move(prompt)), has_facts_(has_facts), max_facts_(max_facts) {}

  // reward_prompt.json of an adapter's folder. Throws CheckpointError when there is none, and
  // DataError when it is broken.
  static RewardInput load(const fs::path& adapter);
  void save(const fs::path& adapter) const;

  bool has_facts() const { return has_facts_; }

  // Reads the facts of a data set, if this model is shown any. Throws ConfigError without a path,
  // and DataError when one of the images has none.
  void read_facts(const std::string& path, const std::vector<std::string>& images);

  // The model's rows for a conversation and its answer. `key` draws the order of the facts.
  text::TokenIds encode(const Assistant& assistant, std::vector<text::Turn> turns,
                        const std::string& answer, const std::string& image, RandomKey key) const;

  // The most rows that any order of the facts gives.
  int64_t longest(const Assistant& assistant, std::vector<text::Turn> turns,
                  const std::string& answer, const std::string& image) const;

 private:
  text::RewardTemplate prompt_;
  bool has_facts_;
  int64_t max_facts_;
  data::Facts facts_;
};

}  // namespace plumbline::engine
