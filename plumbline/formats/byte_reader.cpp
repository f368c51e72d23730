#include "plumbline/formats/byte_reader.h"

#include <fmt/format.h>

#include <utility>

#include "plumbline/base/error.h"

namespace plumbline::formats {

ByteReader::ByteReader(std::string_view bytes, std::string component, std::string where)
    : bytes_(bytes), component_(std::move(component)), where_(std::move(where)) {}

std::string_view ByteReader::take(uint64_t count) {
  if (count > rest()) fail(fmt::format("{}", rest()), fmt::format("{} more bytes", count));
  const std::string_view result = bytes_.substr(position_, count);
  position_ += count;
  return result;
}

void ByteReader::seek(uint64_t position) {
  if (position > bytes_.size()) {
    fail(fmt::format("one to byte {}", position),
         fmt::format("a reference below {}", bytes_.size()));
  }
  position_ = position;
}

void ByteReader::fail(const std::string& got, const std::string& expected) const {
  throw DataError({.component = component_,
                   .doing = fmt::format("reading byte {}", position_),
                   .expected = expected,
                   .got = got,
                   .where = where_,
                   .hint = "the file is damaged, incomplete or of another format."});
}

}  // namespace plumbline::formats
