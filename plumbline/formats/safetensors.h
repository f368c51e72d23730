// The safetensors layout: named arrays behind a JSON header. Bytes only, no tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats {

// Element types Plumbline reads and writes; a file with another one is refused by its name.
enum class Dtype { F64, I64, F32, I32, F16, BF16, I16, I8, U8, Bool };

size_t dtype_size(Dtype dtype);            // bytes per element
std::string_view dtype_name(Dtype dtype);  // as files spell it: "F32", "BOOL"

// An array somewhere in memory: `size` bytes, row-major, little-endian, not necessarily aligned.
struct ArrayView {
  Dtype dtype = Dtype::F32;
  std::vector<int64_t> shape;  // empty for a single number
  const std::byte* data = nullptr;
  size_t size = 0;
};

using Arrays = std::map<std::string, ArrayView>;
using Metadata = std::map<std::string, std::string>;

// A file mapped read-only. Its views stay valid while it or a copy of it lives; a file replaced by
// rename meanwhile does no harm. Cheap to copy, immutable, safe to share between threads.
class SafetensorsFile {
 public:
  // Throws IoError when the file cannot be read, and DataError naming file and reason when it
  // breaks a rule: header length and JSON, no duplicate keys, sizes that agree with shapes, and a
  // buffer covered without holes or overlaps to its last byte. Source:
  // https://github.com/huggingface/safetensors, README section "Format".
  explicit SafetensorsFile(const std::string& path);

  const std::string& path() const { return path_; }
  const Arrays& arrays() const { return arrays_; }
  const Metadata& metadata() const { return metadata_; }

 private:
  std::string path_;
  std::shared_ptr<const std::byte> mapping_;
  Arrays arrays_;
  Metadata metadata_;
};

// Writes the arrays without copying them: aside, flushed, renamed over `path`. On any failure
// throws IoError and leaves an older file as it was. Larger elements come first, then names in
// order.
void write_safetensors(const std::string& path, const Arrays& arrays,
                       const Metadata& metadata = {{"format", "pt"}});

}  // namespace plumbline::formats
