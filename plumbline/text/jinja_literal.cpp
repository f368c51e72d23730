// String literals of a template: Python's escapes.
#include <fmt/format.h>

#include <charconv>

#include "plumbline/text/jinja_fault.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

[[noreturn]] void fail(std::string expected, std::string_view rest) {
  throw Fault{std::move(expected), fmt::format("\\{}", rest.substr(0, byte_offset(rest, 8)))};
}

// `digits` hexadecimal digits behind the letter that `rest` begins with.
char32_t hexadecimal(std::string_view rest, size_t digits) {
  uint32_t code = 0;
  const std::string_view text = rest.substr(1, digits);
  const char* end = text.data() + text.size();
  if (text.size() < digits || std::from_chars(text.data(), end, code, 16).ptr != end)
    fail(fmt::format("{} hexadecimal digits", digits), rest);
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) fail("a Unicode character", rest);
  return code;
}

// Up to three octal digits.
size_t append_octal(std::string& out, std::string_view rest) {
  char32_t code = 0;
  size_t digits = 0;
  while (digits < 3 && digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '7')
    code = code * 8 + static_cast<char32_t>(rest[digits++] - '0');
  append_utf8(out, code);
  return digits;
}

// Python first writes characters outside ASCII as escapes, so a backslash before one is a backslash
// and the escape's text.
size_t append_backslashed(std::string& out, std::string_view rest) {
  const Character c = first_code_point(rest);
  const auto value = static_cast<uint32_t>(c.code);
  out += value < 0x100     ? fmt::format("\\x{:02x}", value)
         : value < 0x10000 ? fmt::format("\\u{:04x}", value)
                           : fmt::format("\\U{:08x}", value);
  return c.bytes;
}

// The escape whose backslash stands before `rest`; returns the bytes it takes of it.
size_t append_escape(std::string& out, std::string_view rest) {
  constexpr std::string_view kLetters = "abfnrtv\\'\"", kValues = "\a\b\f\n\r\t\v\\'\"";
  const char letter = rest.front();
  const size_t found = kLetters.find(letter);
  if (found != kLetters.npos) {
    out += kValues[found];
    return 1;
  }
  if (letter == '\n') return 1;
  if (letter >= '0' && letter <= '7') return append_octal(out, rest);
  if (letter == 'N') fail("no \\N{name} escapes, which are not supported", rest);
  const size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (digits > 0) {
    append_utf8(out, hexadecimal(rest, digits));
    return 1 + digits;
  }
  if (static_cast<uint8_t>(letter) >= 0x80) return append_backslashed(out, rest);
  out += '\\';
  out += letter;
  return 1;
}

}  // namespace

std::string unescape_literal(std::string_view inner) {
  std::string out;
  for (size_t at = 0; at < inner.size();) {
    if (inner[at] != '\\') {
      out += inner[at++];
      continue;
    }
    ++at;  // something follows: the lexer skips the character behind a backslash
    at += append_escape(out, inner.substr(at));
  }
  return out;
}

}  // namespace plumbline::text::jinja
