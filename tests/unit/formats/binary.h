// Bytes of small files, put together by hand.
#pragma once

#include <cstring>
#include <string>
#include <vector>

namespace plumbline::formats {

// The number's bytes, little-endian.
template <class T>
std::string le(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

// `bytes` with some of them replaced from `position` on.
inline std::string patched(std::string bytes, size_t position, const std::string& by) {
  return bytes.replace(position, by.size(), by);
}

struct ZipPart {
  std::string name;
  std::string bytes;
};

// Where the parts of a zip archive lie, so that tests can damage them.
struct Zip {
  std::string bytes;
  std::vector<size_t> locals;     // local headers: size at 22, name at 30
  std::vector<size_t> directory;  // entries: method at 10, sizes at 20 and 24, local header at 42
  size_t end = 0;                 // end record: count at 10, size at 12, begin at 16
};

inline Zip zip_of(const std::vector<ZipPart>& parts) {
  Zip zip;
  const auto sizes_and_name = [](const ZipPart& part) {
    const auto size = static_cast<uint32_t>(part.bytes.size());
    return le<uint32_t>(0) + le(size) + le(size) + le(static_cast<uint16_t>(part.name.size()));
  };
  for (const auto& part : parts) {
    zip.locals.push_back(zip.bytes.size());
    zip.bytes += "PK\3\4" + std::string(10, '\0') + sizes_and_name(part) + le<uint16_t>(0) +
                 part.name + part.bytes;
  }
  const size_t begin = zip.bytes.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    zip.directory.push_back(zip.bytes.size());
    zip.bytes += "PK\1\2" + std::string(12, '\0') + sizes_and_name(parts[i]) +
                 std::string(12, '\0') + le(static_cast<uint32_t>(zip.locals[i])) + parts[i].name;
  }
  zip.end = zip.bytes.size();
  const auto count = static_cast<uint16_t>(parts.size());
  zip.bytes += "PK\5\6" + le<uint32_t>(0) + le(count) + le(count) +
               le(static_cast<uint32_t>(zip.end - begin)) + le(static_cast<uint32_t>(begin)) +
               le<uint16_t>(0);
  return zip;
}

}  // namespace plumbline::formats
