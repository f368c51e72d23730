// The text of an answer, token by token.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "plumbline/engine/assistant.h"
#include "plumbline/generate/generate.h"
#include "plumbline/text/stream_decoder.h"

namespace plumbline::engine {

// Writes an answer without control tokens, the template's lead (the blank after "ASSISTANT:") and
// what ends it, be that a token or a text ("###").
class AnswerWriter {
 public:
  // `show`, when set, gets the text as it is written, never within a character.
  explicit AnswerWriter(const Assistant& assistant,
                        std::function<void(std::string_view)> show = {});

  // False when the answer has come to its end.
  bool add(int64_t token);
  // The whole answer. Call it once, after the last token.
  std::string finish();

 private:
  bool take(const std::string& more, bool is_last);
  size_t begun_stop() const;

  text::StreamDecoder decoder_;
  std::string lead_, stop_;
  std::function<void(std::string_view)> show_;
  std::string pending_, text_;
  bool is_at_start_ = true, is_over_ = false;
};

// The text of an answer's tokens.
std::string answer_text(const Assistant& assistant, const text::TokenIds& tokens);

// Ends every answer at the text that ends one; empty where a token alone does. For one call of
// generate.
generate::TokenWatcher end_watcher(const Assistant& assistant);

}  // namespace plumbline::engine
