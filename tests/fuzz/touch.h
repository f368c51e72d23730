// What all targets need: inputs as files in memory, and reading what a parser hands out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plumbline/base/file_view.h"

namespace plumbline::fuzz {

inline FileView input(const uint8_t* data, size_t size) {
  return FileView({reinterpret_cast<const char*>(data), size}, "fuzz");
}

// Reads every byte, so that a sanitizer sees a range that is not the input's.
inline void touch(const void* data, size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  unsigned char sum = 0;
  for (size_t i = 0; i < size; ++i) sum = static_cast<unsigned char>(sum + bytes[i]);
  volatile unsigned char result = sum;
  static_cast<void>(result);
}

}  // namespace plumbline::fuzz
