// A model in this process that answers questions about images.
#pragma once

#include "plumbline/api/question.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/feature_store.h"

namespace plumbline::engine {

struct GeneratorOptions {
  std::optional<AnswerEnds> ends = {};  // nothing: the style's own
  bool stops_on_signal = true;          // with Interrupted; else answers are finished
  // Nothing: greedy. Else how tokens are drawn; max_tokens is the call's.
  std::optional<generate::SamplingOptions> sampling = {};
  RandomKey key = {};  // a prompt draws with key.at(its id), so that its neighbours do not matter
};

// Answers with the adapter that is active when `answer` is called. Borrows assistant and store.
class LocalGenerator {
 public:
  LocalGenerator(Assistant& assistant, FeatureStore& store, int64_t max_slots,
                 GeneratorOptions options = {})
      : assistant_(assistant), store_(store), max_slots_(max_slots), options_(std::move(options)) {}

  // One answer per question, in order, of at most `max_tokens` tokens each; greedy without
  // `sampling`. Looks at images it has not seen yet first.
  std::vector<std::string> answer(const std::vector<api::Question>& questions, int64_t max_tokens);
  // The same for conversations that end with a user's turn, with how answers ended.
  std::vector<AnswerText> answer_prompts(const std::vector<data::Prompt>& prompts,
                                         int64_t max_tokens);

 private:
  Assistant& assistant_;
  FeatureStore& store_;
  int64_t max_slots_;
  GeneratorOptions options_;
};

}  // namespace plumbline::engine
