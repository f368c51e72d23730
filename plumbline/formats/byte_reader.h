// Little-endian numbers and runs of bytes, read one after the other and never past the end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace plumbline::formats {

static_assert(std::endian::native == std::endian::little);

// Reads bytes that come from outside; every complaint is a DataError with component, place and
// file. The bytes outlive the reader and what it hands out.
class ByteReader {
 public:
  // `component` and `where` as in Complaint.
  ByteReader(std::string_view bytes, std::string component, std::string where);

  // The next number of type T, at any alignment.
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  // The next `count` bytes. Throws DataError when fewer are left.
  std::string_view take(uint64_t count);
  // Continues at `position`, at most the end. Throws DataError beyond it.
  void seek(uint64_t position);

  uint64_t position() const { return position_; }
  uint64_t rest() const { return bytes_.size() - position_; }

  // Throws DataError: `got` at the current position.
  [[noreturn]] void fail(const std::string& got, const std::string& expected = {}) const;

 private:
  std::string_view bytes_;
  uint64_t position_ = 0;
  std::string component_;
  std::string where_;
};

}  // namespace plumbline::formats
