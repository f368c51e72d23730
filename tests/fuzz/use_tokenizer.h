// What a target does with a tokenizer that could be read.
#pragma once

#include <string>

#include "plumbline/text/stream_decoder.h"
#include "plumbline/text/tokenizer.h"
#include "tests/fuzz/touch.h"

namespace plumbline::fuzz {

inline void use(const text::Tokenizer& tokenizer) {
  const std::string words =
      "The cat's  mat <s> </s><image>\n\xC3\xA9\xE4\xB8\xAD 12345 \xFF\xF0\x9F x";
  for (const bool with_special : {false, true}) {
    const text::TokenIds ids = tokenizer.encode(words, {.with_special = with_special});
    const std::string back = tokenizer.decode(ids, with_special);
    touch(back.data(), back.size());
    text::StreamDecoder stream(tokenizer);
    for (const int64_t id : ids) {
      const std::string piece = stream.push(id);
      touch(piece.data(), piece.size());
    }
  }
}

}  // namespace plumbline::fuzz
