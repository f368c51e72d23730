// A conversation with a model, turn by turn.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/assistant.h"

namespace plumbline::engine {

// Borrows the assistant, whose active adapter answers.
class ChatSession {
 public:
  // `key` draws the answers: the n-th answer of the session from key.at(n).
  ChatSession(Assistant& assistant, const config::GenerationConfig& config, RandomKey key)
      : assistant_(assistant),
        sampling_(sampling_options(config, assistant)),
        ends_(answer_ends(assistant, config)),
        key_(key) {}

  // An image that the next question is about. Throws IoError or DataError, and ConfigError for a
  // model that takes none; then nothing has changed.
  void add_image(const std::string& path);

  // Answers, and gives `show` the text as it is written, never within a character. Asks `go_on`
  // after every token whether to go on. The answer so far becomes part of the conversation. Throws
  // DataError, and takes nothing back but the question, when the conversation with an answer of
  // max_tokens would be longer than the model's context.
  std::string ask(const std::string& text, const std::function<void(std::string_view)>& show,
                  const std::function<bool()>& go_on);

  // Forgets all turns and images.
  void reset();

  // The conversation so far in LLaVA's form; images are named in the order they were added.
  data::Conversation record() const;
  const std::vector<std::string>& images() const { return images_; }

 private:
  Assistant& assistant_;
  generate::SamplingOptions sampling_;
  AnswerEnds ends_;
  RandomKey key_;
  std::vector<text::Turn> turns_;
  std::vector<std::string> images_;     // of all turns
  std::vector<at::Tensor> image_rows_;  // [I, D] each
  int64_t num_new_images_ = 0;
  uint64_t num_answers_ = 0;
};

}  // namespace plumbline::engine
