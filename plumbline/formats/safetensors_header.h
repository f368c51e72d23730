// The JSON header of a safetensors file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/formats/safetensors.h"

namespace plumbline::formats {

struct HeaderEntry {
  Dtype dtype = Dtype::F32;
  std::vector<int64_t> shape;
  uint64_t begin = 0;  // offsets into the buffer behind the header
  uint64_t end = 0;
};

struct Header {
  std::map<std::string, HeaderEntry> entries;
  Metadata metadata;
};

// Reads and checks a header whose buffer has `buffer_size` bytes. Throws DataError with `where`.
Header parse_header(std::string_view json, uint64_t buffer_size, const std::string& where);

}  // namespace plumbline::formats
