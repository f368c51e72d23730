// GGUF files: typed metadata and tensors, quantised or not, as llama.cpp reads and writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/base/file_view.h"
#include "plumbline/formats/gguf_blocks.h"
#include "plumbline/formats/gguf_value.h"

namespace plumbline::formats {

struct GgufTensor {
  GgufType type = GgufType::F32;
  // Row-major, outermost first as everywhere in Plumbline; files list dimensions innermost first.
  // The last size is a multiple of the block's values.
  std::vector<int64_t> shape;
  int64_t num_values = 0;  // product of the shape, 1 without dimensions
  const std::byte* data = nullptr;
  size_t size = 0;  // bytes
};

// Writes the tensor's num_values floats, row-major.
void dequantize(const GgufTensor& tensor, float* values);

// Versions 2 and 3, little-endian. Tensors and values refer to the mapped file and stay valid while
// this object or a copy lives. Cheap to copy, immutable, safe to share between threads.
//
// Throws IoError when the file cannot be read, and DataError naming file and reason for another
// version or byte order, counts and lengths that the file has no room for, a name twice, an
// alignment that is not a power of two from 8 to 2^20, more than 4 dimensions, types beside those
// of GgufType, and tensors that are not aligned, overlap or leave the file. Source:
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
class GgufFile {
 public:
  using Metadata = std::map<std::string, GgufValue>;
  using Tensors = std::map<std::string, GgufTensor>;

  explicit GgufFile(const std::string& path);
  explicit GgufFile(const FileView& file);

  const std::string& path() const { return file_.name(); }
  const Metadata& metadata() const { return metadata_; }
  const Tensors& tensors() const { return tensors_; }

 private:
  FileView file_;
  Metadata metadata_;
  Tensors tensors_;
};

}  // namespace plumbline::formats
