#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/formats/gguf.h"
#include "tests/fuzz/touch.h"

namespace plumbline {
namespace {

void walk(const formats::GgufValue& value) {
  if (const auto text = value.text()) fuzz::touch(text->data(), text->size());
  value.integers();
  value.reals();
  value.texts();
  if (const auto elements = value.elements()) {
    for (const auto& element : *elements) walk(element);
  }
}

}  // namespace
}  // namespace plumbline

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  try {
    const formats::GgufFile file(fuzz::input(data, size));
    for (const auto& [key, value] : file.metadata()) walk(value);
    for (const auto& [name, tensor] : file.tensors()) {
      std::vector<float> values(static_cast<size_t>(tensor.num_values));
      formats::dequantize(tensor, values.data());
    }
  } catch (const DataError&) {
  }
  return 0;
}
