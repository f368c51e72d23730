// The bytes are a tokenizer.json; it is read, and used both ways.
#include <cstddef>
#include <cstdint>
#include <string>

#include "plumbline/base/error.h"
#include "plumbline/text/tokenizer_data.h"
#include "tests/fuzz/use_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  try {
    const std::string json(reinterpret_cast<const char*>(data), size);
    fuzz::use(text::Tokenizer(text::parse_tokenizer(json, "fuzz")));
  } catch (const DataError&) {
  }
  return 0;
}
