// How a reward model is asked, and with which facts.
#pragma once

#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/text/reward_prompt.h"

namespace plumbline::engine {

// Which facts an answer is judged by.
struct FactRequest {
  std::vector<std::string> images;  // those of all of them
  data::FactKind kind = data::FactKind::Captions;
  std::vector<std::string> own = {};  // of the example: in place of its images'
};
FactRequest fact_request(const data::Comparison& comparison);
FactRequest fact_request(const data::Prompt& prompt);

struct FactOptions {
  bool has_facts = true;
  int64_t max_facts = 5;
  int64_t max_fact_tokens = 0;  // of all facts of an example together; 0: no limit
};

// All of these facts that a request asks for, in the file's order.
std::vector<std::string> facts_of(const data::Facts& facts, const FactRequest& request);

// The prompt and the facts of a reward model. Kept beside its adapter, so that PPO asks the model
// exactly as it was trained: with the same words, and with facts only if it was trained with them.
class RewardInput {
 public:
  static constexpr const char* kFile = "reward_prompt.json";  // beside the adapter

  // Throws ConfigError when facts are to be shown and the template has no place for them.
  RewardInput(text::RewardTemplate prompt, FactOptions options);

  // As [reward] says. Throws what load_reward_template does.
  static RewardInput of(const config::RewardConfig& config);
  // reward_prompt.json of an adapter's folder. Throws CheckpointError when there is none, and
  // DataError when it is broken.
  static RewardInput load(const fs::path& adapter);
  void save(const fs::path& adapter) const;

  const FactOptions& options() const { return options_; }
  bool has_facts() const { return options_.has_facts; }

  // Reads the facts of a data set, if this model is shown any. Throws ConfigError when a request
  // needs facts and there is no path, and DataError when an image has none, unless that is allowed;
  // then it says how many.
  void read_facts(const std::string& path, const std::vector<FactRequest>& requests,
                  config::MissingFacts missing = config::MissingFacts::Refuse);
  // Throws DataError for a fact that alone has more tokens than all may have: it could never be
  // shown.
  void check_budget(const text::Tokenizer& tokenizer,
                    const std::vector<FactRequest>& requests) const;

  // All facts of a request, in the file's order.
  std::vector<std::string> facts_of(const FactRequest& request) const;
  // Those that the model is shown: in an order drawn from `key`, the first max_facts of them, and
  // of these as many as have room, whole.
  std::vector<std::string> shown_facts(const text::Tokenizer& tokenizer, const FactRequest& request,
                                       RandomKey key) const;

  // The model's rows for a conversation and its answer, with the facts given. `answers` of the
  // result holds the answer's range.
  text::EncodedConversation encode(const text::Tokenizer& tokenizer,
                                   const text::PromptFormat& format, std::vector<text::Turn> turns,
                                   const std::string& answer,
                                   const std::vector<std::string>& facts) const;
  // The same with the facts that `key` draws.
  text::TokenIds encode(const Assistant& assistant, std::vector<text::Turn> turns,
                        const std::string& answer, const FactRequest& request, RandomKey key) const;

  // The most rows that any order of the facts gives.
  int64_t longest(const Assistant& assistant, const std::vector<text::Turn>& turns,
                  const std::string& answer, const FactRequest& request) const;

 private:
  int64_t fact_tokens(const text::Tokenizer& tokenizer, const std::string& fact) const;

  text::RewardTemplate prompt_;
  FactOptions options_;
  data::Facts facts_;
};

}  // namespace plumbline::engine
