// The text of an answer, token by token.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/engine/assistant.h"
#include "plumbline/generate/generate.h"
#include "plumbline/text/stream_decoder.h"

namespace plumbline::engine {

// What ends an answer beside the end token.
struct AnswerEnds {
  std::vector<std::string> texts = {};  // not part of the answer
  std::vector<std::string> cuts = {};   // part of it: it was cut off behind them
  text::TokenIds tokens = {};
};

// The style's own end, and generation.stop: texts, or the names of special tokens.
AnswerEnds answer_ends(const Assistant& assistant, const config::GenerationConfig& config = {});

// Writes an answer without control tokens, the template's lead (the blank after "ASSISTANT:") and
// what ends it, be that a token or a text ("###").
class AnswerWriter {
 public:
  // `show`, when set, gets the text as it is written, never within a character.
  AnswerWriter(const Assistant& assistant, AnswerEnds ends,
               std::function<void(std::string_view)> show = {});

  // False when the answer has come to its end, or was cut off.
  bool add(int64_t token);
  // The whole answer. Call it once, after the last token.
  std::string finish();
  // Whether it came to its end: at a text or a token that ends answers.
  bool is_finished() const { return is_finished_; }

 private:
  bool take(const std::string& more, bool is_last);
  size_t begun_end() const;

  text::StreamDecoder decoder_;
  std::string lead_;
  AnswerEnds ends_;
  int64_t end_token_;
  std::function<void(std::string_view)> show_;
  std::string pending_, text_;
  bool is_at_start_ = true, is_over_ = false, is_finished_ = false;
};

struct AnswerText {
  std::string text;
  bool is_finished = false;  // false: cut off, or at the token limit
};
AnswerText read_answer(const Assistant& assistant, const AnswerEnds& ends,
                       const text::TokenIds& tokens);

// Ends every answer at what ends one; empty where the end token alone does. For one call of
// generate.
generate::TokenWatcher end_watcher(const Assistant& assistant, const AnswerEnds& ends);

}  // namespace plumbline::engine
