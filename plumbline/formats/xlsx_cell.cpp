#include "plumbline/formats/xlsx_cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace plumbline::formats {
namespace {

constexpr size_t kMostColumns = 16'384, kMostRows = 1'048'576;
constexpr size_t kEscapeSize = 7;  // _xHHHH_

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_character(std::string& text, uint32_t code) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](uint32_t shift) { return byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    text += byte(code);
  } else if (code < 0x800) {
    text += {byte(0xC0 | code >> 6), tail(0)};
  } else if (code < 0x10000) {
    text += {byte(0xE0 | code >> 12), tail(6), tail(0)};
  } else {
    text += {byte(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
  }
}

// The unit of an escape that the text begins with.
std::optional<uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < kEscapeSize || !text.starts_with("_x") || text[kEscapeSize - 1] != '_') {
    return std::nullopt;
  }
  uint32_t unit = 0;
  const char* end = text.data() + kEscapeSize - 1;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return unit;
}

}  // namespace

std::optional<CellPlace> cell_place(std::string_view name) {
  CellPlace place;
  size_t i = 0, column = 0;
  for (; i < name.size() && name[i] >= 'A' && name[i] <= 'Z'; ++i) {
    column = column * 26 + static_cast<size_t>(name[i] - 'A') + 1;
    if (column > kMostColumns) return std::nullopt;
  }
  if (column == 0 || i == name.size() || !is_digit(name[i])) return std::nullopt;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + i, end, place.row);
  if (error != std::errc() || stop != end || place.row == 0 || place.row > kMostRows) {
    return std::nullopt;
  }
  place.column = column - 1;
  return place;
}

std::string decode_escapes(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const size_t plain = std::min(text.find('_'), text.size());
    decoded += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    auto code = escaped_unit(text);
    if (!code) {
      decoded += '_';
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(kEscapeSize);
    if (*code >= 0xD800 && *code < 0xE000) {
      const auto low = *code < 0xDC00 ? escaped_unit(text) : std::nullopt;
      const bool is_pair = low && *low >= 0xDC00 && *low < 0xE000;
      if (is_pair) text.remove_prefix(kEscapeSize);
      code = is_pair ? 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00) : 0xFFFD;
    }
    append_character(decoded, *code);
  }
  return decoded;
}

std::optional<std::string> number_text(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  const bool is_whole = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit) &&
                        (digits.size() == 1 || digits[0] != '0');
  if (is_whole) return std::string(text);  // ids of many digits stay exact
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return fmt::format("{:.0f}", value + 0.0);
  }
  return fmt::format("{}", value);
}

}  // namespace plumbline::formats
