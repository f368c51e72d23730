#include "plumbline/text/byte_level.h"

#include <cstdint>
#include <unordered_map>

namespace plumbline::text {
namespace {

bool stands_for_itself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

// UTF-8 of a code point below U+0800.
std::string utf8(int code) {
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

std::array<std::string, 256> make_symbols() {
  std::array<std::string, 256> symbols;
  int next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    symbols[static_cast<size_t>(byte)] = utf8(stands_for_itself(byte) ? byte : next++);
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
