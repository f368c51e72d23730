// Decodes an answer while it is being written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

// The texts given out, one after the other, are Tokenizer::decode() of all ids; none ends within a
// character. (Where a run of byte tokens is broken UTF-8, characters before the broken place were
// given out already, and remain.)
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer, bool with_special = false);
  ~StreamDecoder();
  StreamDecoder(StreamDecoder&&) noexcept;
  StreamDecoder& operator=(StreamDecoder&&) noexcept;

  // What can be shown after one more token; often empty.
  std::string push(int64_t id);
  // The rest, when no token follows. Then the decoder is used up.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline::text
