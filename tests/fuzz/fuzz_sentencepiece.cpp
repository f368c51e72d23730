// The bytes are a tokenizer.model; it is read, and used both ways.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/text/tokenizer_pieces.h"
#include "tests/fuzz/use_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  try {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const text::PieceVocabulary vocabulary = text::parse_sentencepiece(bytes, "fuzz");
    for (const bool legacy : {true, false}) {
      fuzz::use(text::tokenizer_from_pieces(
          vocabulary, {.legacy = legacy, .added = {{.id = 3, .content = "<image>"}}}, "fuzz"));
    }
  } catch (const DataError&) {
  }
  return 0;
}
