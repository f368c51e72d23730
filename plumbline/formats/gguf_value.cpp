#include "plumbline/formats/gguf_value.h"

#include <fmt/format.h>

#include <cstring>

namespace plumbline::formats {
namespace {

constexpr int kMaxDepth = 4;

// Bytes of a number; of a string or array, the least it takes.
uint64_t least_size(GgufKind kind) {
  switch (kind) {
    case GgufKind::U8:
    case GgufKind::I8:
    case GgufKind::Bool:
      return 1;
    case GgufKind::U16:
    case GgufKind::I16:
      return 2;
    case GgufKind::U32:
    case GgufKind::I32:
    case GgufKind::F32:
      return 4;
    case GgufKind::U64:
    case GgufKind::I64:
    case GgufKind::F64:
    case GgufKind::String:
      return 8;
    case GgufKind::Array:
      return 12;
  }
  return 1;
}

bool is_number(GgufKind kind) {
  return kind != GgufKind::Bool && kind != GgufKind::String && kind != GgufKind::Array;
}

template <class T>
T number(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// Passes over what `read` would check, one element after the other.
void check_elements(GgufKind kind, uint64_t count, ByteReader& in, int depth) {
  if (is_number(kind)) {
    in.take(count * least_size(kind));
    return;
  }
  for (uint64_t i = 0; i < count; ++i) GgufValue::read(kind, in, depth);
}

}  // namespace

GgufKind read_gguf_kind(ByteReader& in) {
  const auto kind = in.number<uint32_t>();
  if (kind > static_cast<uint32_t>(GgufKind::F64)) {
    in.fail(fmt::format("{}", kind), "a type of value from 0 to 12");
  }
  return static_cast<GgufKind>(kind);
}

GgufValue GgufValue::read(GgufKind kind, ByteReader& in, int depth) {
  GgufValue value;
  value.kind_ = kind;
  if (kind == GgufKind::String) {
    value.bytes_ = in.take(in.number<uint64_t>());
  } else if (kind == GgufKind::Array) {
    if (depth == kMaxDepth) in.fail("deeper nesting", fmt::format("{} arrays", kMaxDepth));
    value.element_kind_ = read_gguf_kind(in);
    value.count_ = in.number<uint64_t>();
    const uint64_t most = in.rest() / least_size(value.element_kind_);
    if (value.count_ > most) {
      in.fail(fmt::format("{}", value.count_), fmt::format("at most {} elements", most));
    }
    const uint64_t begin = in.position();
    check_elements(value.element_kind_, value.count_, in, depth + 1);
    const uint64_t size = in.position() - begin;
    in.seek(begin);
    value.bytes_ = in.take(size);
  } else {
    value.bytes_ = in.take(least_size(kind));
    if (kind == GgufKind::Bool && number<uint8_t>(value.bytes_) > 1) {
      in.fail(fmt::format("{}", number<uint8_t>(value.bytes_)), "a truth value of 0 or 1");
    }
  }
  return value;
}

std::optional<bool> GgufValue::boolean() const {
  if (kind_ != GgufKind::Bool) return std::nullopt;
  return number<uint8_t>(bytes_) == 1;
}

std::optional<int64_t> GgufValue::integer() const {
  switch (kind_) {
    case GgufKind::U8:
      return number<uint8_t>(bytes_);
    case GgufKind::I8:
      return number<int8_t>(bytes_);
    case GgufKind::U16:
      return number<uint16_t>(bytes_);
    case GgufKind::I16:
      return number<int16_t>(bytes_);
    case GgufKind::U32:
      return number<uint32_t>(bytes_);
    case GgufKind::I32:
      return number<int32_t>(bytes_);
    case GgufKind::I64:
      return number<int64_t>(bytes_);
    case GgufKind::U64: {
      const auto value = number<uint64_t>(bytes_);
      if (value > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
      return static_cast<int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> GgufValue::real() const {
  if (kind_ == GgufKind::F32) return number<float>(bytes_);
  if (kind_ == GgufKind::F64) return number<double>(bytes_);
  return std::nullopt;
}

std::optional<std::string_view> GgufValue::text() const {
  if (kind_ != GgufKind::String) return std::nullopt;
  return bytes_;
}

std::optional<std::vector<GgufValue>> GgufValue::elements() const {
  if (kind_ != GgufKind::Array) return std::nullopt;
  ByteReader in(bytes_, "gguf", "an array");
  std::vector<GgufValue> result;
  for (uint64_t i = 0; i < count_; ++i) result.push_back(read(element_kind_, in));
  return result;
}

template <class T>
std::optional<std::vector<T>> GgufValue::list(std::optional<T> (GgufValue::*get)() const) const {
  if (kind_ != GgufKind::Array) return std::nullopt;
  ByteReader in(bytes_, "gguf", "an array");
  std::vector<T> result;
  for (uint64_t i = 0; i < count_; ++i) {
    const GgufValue element = read(element_kind_, in);
    const std::optional<T> item = (element.*get)();
    if (!item) return std::nullopt;
    result.push_back(*item);
  }
  return result;
}

std::optional<std::vector<int64_t>> GgufValue::integers() const {
  return list(&GgufValue::integer);
}
std::optional<std::vector<double>> GgufValue::reals() const { return list(&GgufValue::real); }
std::optional<std::vector<std::string_view>> GgufValue::texts() const {
  return list(&GgufValue::text);
}

}  // namespace plumbline::formats
