// Bytes packed by deflate (RFC 1951), as zip archives have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::formats {

// The `size` bytes that the packed ones make; nothing if they are broken or make more or fewer. No
// memory is taken for a size that they cannot make. Both sizes are below 2 GB.
std::optional<std::string> inflated(std::string_view packed, uint64_t size);

// The checksum of zip archives.
uint32_t crc32_of(std::string_view bytes);

}  // namespace plumbline::formats
