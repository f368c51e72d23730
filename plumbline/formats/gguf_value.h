// Typed values of GGUF metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "plumbline/formats/byte_reader.h"

namespace plumbline::formats {

// As files number them.
enum class GgufKind : uint32_t {
  U8 = 0,
  I8 = 1,
  U16 = 2,
  I16 = 3,
  U32 = 4,
  I32 = 5,
  F32 = 6,
  Bool = 7,
  String = 8,
  Array = 9,
  U64 = 10,
  I64 = 11,
  F64 = 12,
};

// A number, a truth value, a string of any bytes, or an array of values of one kind. Refers to the
// bytes of the file. What it is not, it gives as nothing: the caller knows the key to complain of.
class GgufValue {
 public:
  // Reads a value of this kind and checks all of it: counts and lengths that fit into the bytes
  // left, known kinds, truth values of 0 or 1, arrays in arrays at most 4 deep. Throws DataError.
  static GgufValue read(GgufKind kind, ByteReader& in, int depth = 0);

  GgufKind kind() const { return kind_; }
  uint64_t count() const { return count_; }  // elements of an Array

  std::optional<bool> boolean() const;
  std::optional<int64_t> integer() const;  // of any integer kind, if it fits
  std::optional<double> real() const;      // F32 or F64
  std::optional<std::string_view> text() const;

  // Of an Array, copied at every call: all elements, or nothing when one is of another type.
  std::optional<std::vector<GgufValue>> elements() const;
  std::optional<std::vector<int64_t>> integers() const;
  std::optional<std::vector<double>> reals() const;
  std::optional<std::vector<std::string_view>> texts() const;

 private:
  template <class T>
  std::optional<std::vector<T>> list(std::optional<T> (GgufValue::*get)() const) const;

  GgufKind kind_ = GgufKind::U8;
  GgufKind element_kind_ = GgufKind::U8;
  uint64_t count_ = 0;
  std::string_view bytes_;  // the number, the string without its length, or all elements
};

// Throws DataError for a number without a kind.
GgufKind read_gguf_kind(ByteReader& in);

}  // namespace plumbline::formats
