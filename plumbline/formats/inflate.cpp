#include "plumbline/formats/inflate.h"

#include <zlib.h>

#include <new>

namespace plumbline::formats {

std::optional<std::string> inflated(std::string_view packed, uint64_t size) {
  // Deflate makes at most 1032 bytes of one.
  if (size > 1032 * (packed.size() + 1)) return std::nullopt;
  std::string bytes(size, '\0');
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  Bytef beyond = 0;  // where one byte too many would go
  stream.next_out = size > 0 ? reinterpret_cast<Bytef*>(bytes.data()) : &beyond;
  stream.avail_out = static_cast<uInt>(size);
  int status = ::inflate(&stream, Z_FINISH);
  if (status == Z_BUF_ERROR && stream.avail_out == 0) {
    stream.next_out = &beyond;
    stream.avail_out = 1;
    status = ::inflate(&stream, Z_FINISH);
  }
  const bool is_all = status == Z_STREAM_END && stream.total_out == size && stream.avail_in == 0;
  ::inflateEnd(&stream);
  if (!is_all) return std::nullopt;
  return bytes;
}

uint32_t crc32_of(std::string_view bytes) {
  return static_cast<uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace plumbline::formats
