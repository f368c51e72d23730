#include "plumbline/text/byte_level.h"

#include <cstdint>
#include <unordered_map>

#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

bool stands_for_itself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

std::array<std::string, 256> make_symbols() {
  std::array<std::string, 256> symbols;
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    append_utf8(symbols[static_cast<size_t>(byte)],
                stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++);
  }
  return symbols;
}

}  // namespace

const std::array<std::string, 256>& byte_symbols() {
  static const std::array<std::string, 256> symbols = make_symbols();
  return symbols;
}

std::optional<std::string> bytes_of_symbols(std::string_view symbols) {
  static const auto bytes = [] {
    std::unordered_map<std::string, char> map;
    for (size_t i = 0; i < 256; ++i) map.emplace(byte_symbols()[i], static_cast<char>(i));
    return map;
  }();
  std::string out;
  while (!symbols.empty()) {
    const size_t length = static_cast<uint8_t>(symbols[0]) < 0x80 ? 1 : 2;
    const auto found = bytes.find(std::string(symbols.substr(0, length)));
    if (found == bytes.end()) return std::nullopt;
    out += found->second;
    symbols.remove_prefix(length);
  }
  return out;
}

}  // namespace plumbline::text
