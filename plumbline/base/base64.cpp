#include "plumbline/base/base64.h"

#include <cstdint>

namespace plumbline {
namespace {

// The six bits that a digit stands for; -1 for other characters.
int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  size_t num_digits = 0;
  bool has_ended = false;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    has_ended = has_ended || c == '=';
    if (c == '=') continue;
    const int value = digit_value(c);
    if (value < 0 || has_ended) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(value);
    // From the second digit of a group on, each completes a byte.
    const size_t rest = ++num_digits % 4;
    if (rest != 1) bytes += static_cast<char>(group >> (rest == 2 ? 4 : rest == 3 ? 2 : 0) & 255U);
  }
  if (num_digits % 4 == 1) return std::nullopt;
  return bytes;
}

}  // namespace plumbline
