#include "plumbline/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

struct Range {
  char32_t first, last;
};
// Marks that joined Unicode after its version 9, whose tables the original uses: there they neither
// move nor compose.
constexpr Range kNewMarks[] = {
    {0x7FD, 0x7FD},     {0x898, 0x89F},     {0x8CA, 0x8D3},     {0x9FE, 0x9FE},
    {0xC3C, 0xC3C},     {0xD3B, 0xD3C},     {0xEBA, 0xEBA},     {0xECE, 0xECE},
    {0x1715, 0x1715},   {0x1ABF, 0x1ACE},   {0x1DF6, 0x1DFA},   {0xA82C, 0xA82C},
    {0x10D24, 0x10D27}, {0x10EAB, 0x10EAC}, {0x10EFD, 0x10EFF}, {0x10F46, 0x10F50},
    {0x10F82, 0x10F85}, {0x11070, 0x11070}, {0x1133B, 0x1133B}, {0x1145E, 0x1145E},
    {0x11839, 0x1183A}, {0x11930, 0x11930}, {0x1193D, 0x1193E}, {0x11943, 0x11943},
    {0x119E0, 0x119E0}, {0x11A34, 0x11A34}, {0x11A47, 0x11A47}, {0x11A99, 0x11A99},
    {0x11D42, 0x11D42}, {0x11D44, 0x11D45}, {0x11D97, 0x11D97}, {0x11F41, 0x11F42},
    {0x16FF0, 0x16FF1}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE}, {0x1E2EC, 0x1E2EF},
    {0x1E4EC, 0x1E4EF}};

bool is_new_mark(char32_t code) {
  if (code < kNewMarks[0].first) return false;
  const auto* range = std::lower_bound(std::begin(kNewMarks), std::end(kNewMarks), code,
                                       [](const Range& r, char32_t c) { return r.last < c; });
  return range != std::end(kNewMarks) && range->first <= code;
}

std::string nfc_of_valid(std::string_view text) {
  utf8proc_uint8_t* composed = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  PLUMBLINE_CHECK(size >= 0, utf8proc_errmsg(size));
  std::string out(reinterpret_cast<const char*>(composed), static_cast<size_t>(size));
  std::free(composed);
  return out;
}

}  // namespace

// Source: Unicode 15, table 3-7 (well-formed byte sequences).
Character first_character(std::string_view text) {
  constexpr char32_t kBroken = 0xFFFD;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true, false};
  if (lead < 0xC2 || lead > 0xF4) return {kBroken, 1, false, false};
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code = lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (i >= text.size()) return {kBroken, i, false, true};
    if (byte(i) < low || byte(i) > high) return {kBroken, i, false, false};
    code = code << 6 | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {code, length, true, false};
}

void append_utf8(std::string& text, char32_t code) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const Character next = first_character(text);
    if (!next.is_valid) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_character(text);
    out += next.is_valid ? text.substr(0, next.length) : kReplacementCharacter;
    text.remove_prefix(next.length);
  }
  return out;
}

std::string repaired_bytes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character next = first_character(text);
    if (next.is_valid) {
      out += text.substr(0, next.length);
    } else {
      for (size_t i = 0; i < next.length; ++i) out += kReplacementCharacter;
    }
    text.remove_prefix(next.length);
  }
  return out;
}

std::string nfc(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t normal = 0;
    Character next{};
    while (normal < text.size()) {
      next = first_character(text.substr(normal));
      if (!next.is_valid || is_new_mark(next.code)) break;
      normal += next.length;
    }
    if (normal > 0) out += nfc_of_valid(text.substr(0, normal));
    text.remove_prefix(normal);
    if (text.empty()) break;
    out += text.substr(0, next.length);
    text.remove_prefix(next.length);
  }
  return out;
}

}  // namespace plumbline::text
