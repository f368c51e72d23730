// A tokenizer trained on a few sentences, with control tokens as a model has them.
#pragma once

#include <string>

#include "plumbline/text/bpe_trainer.h"
#include "plumbline/text/conversation.h"
#include "plumbline/text/tokenizer.h"
#include "tests/support/scratch.h"

namespace plumbline::text {

using support::TemporaryFile;

inline Tokenizer tokenizer_from(const std::string& json) {
  return Tokenizer::load(TemporaryFile(json).path());
}

// Ids: <s> 0, </s> 1, <image> 2, bytes 3 to 258, then merges.
inline Tokenizer tiny_tokenizer() {
  const std::vector<std::string> texts(
      4, "USER: what is on the table? ASSISTANT: a red cup is on the table, and a blue ball.");
  return tokenizer_from(train_bpe(texts, 320, {"<s>", "</s>", "<image>"}));
}

// Two rows per image.
inline PromptFormat tiny_format() {
  return {.conversation = conversation_template("brief"),
          .image_token = 2,
          .image_tokens = 2,
          .end_token = 1,
          .begin_token = 0};
}

inline TokenIds part(const TokenIds& ids, std::pair<int64_t, int64_t> range) {
  return {ids.begin() + range.first, ids.begin() + range.second};
}

}  // namespace plumbline::text
