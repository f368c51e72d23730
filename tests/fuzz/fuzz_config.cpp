// The bytes are a config.json, an adapter_config.json and a preprocessor_config.json at once.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/checkpoint/adapter_config.h"
#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/image/preprocess.h"

namespace {

template <class Read>
void read(const Read& reading) {
  try {
    reading();
  } catch (const plumbline::Error&) {
  }
}

// The readers want a file.
struct File {
  std::string path =
      (plumbline::fs::temp_directory_path() / ("plumbline-fuzz-" + std::to_string(::getpid())))
          .string();
  ~File() { plumbline::fs::remove(path); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plumbline;
  static const File file;
  write_file(file.path, {reinterpret_cast<const char*>(data), size});
  read([] { checkpoint::read_hf_config(file.path); });
  read([] { checkpoint::read_adapter_config(file.path); });
  read([] { image::load_preprocess(file.path); });
  return 0;
}
