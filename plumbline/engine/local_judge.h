// api::Judge on a model in this process.
#pragma once

#include "plumbline/api/judge.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/feature_store.h"

namespace plumbline::engine {

// A text-only judge: it sees no picture. Borrows the assistant. System messages stand before the
// user's text.
class LocalJudge : public api::Judge {
 public:
  // `name` is kept beside the replies.
  LocalJudge(Assistant& assistant, std::string name, int64_t max_slots, RandomKey key);

  std::string name() const override { return name_; }
  // Throws DataError for messages of other roles than system and user, and for a request that does
  // not fit the model.
  std::vector<std::string> reply(const std::vector<api::JudgeRequest>& requests) override;

 private:
  Assistant& assistant_;
  std::string name_;
  int64_t max_slots_;
  RandomKey key_;
  FeatureStore no_images_;
};

}  // namespace plumbline::engine
