#include "plumbline/base/error.h"
#include "plumbline/formats/safetensors.h"
#include "tests/fuzz/touch.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  try {
    const formats::SafetensorsFile file(fuzz::input(data, size));
    for (const auto& [name, array] : file.arrays()) fuzz::touch(array.data, array.size);
  } catch (const DataError&) {
  }
  return 0;
}
