#include "plumbline/text/jinja_strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "plumbline/text/jinja_fault.h"

namespace plumbline::text::jinja {
namespace {

using Views = std::vector<std::string_view>;

bool holds(std::string_view characters, char32_t code) {
  while (!characters.empty()) {
    const Character c = first_code_point(characters);
    if (c.code == code) return true;
    characters.remove_prefix(c.bytes);
  }
  return false;
}

std::string_view without_leading(std::string_view text) { return text.substr(leading_space(text)); }
std::string_view without_trailing(std::string_view text) {
  return text.substr(0, text.size() - trailing_space(text));
}

// Bytes before the first white space.
size_t word_bytes(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && !is_space(first_code_point(text.substr(at)).code))
    at += first_code_point(text.substr(at)).bytes;
  return at;
}

size_t last_word_bytes(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && !is_space(last_code_point(text.substr(0, end)).code))
    end -= last_code_point(text.substr(0, end)).bytes;
  return text.size() - end;
}

bool is_line_break(char32_t code) {
  return (code >= 0x0A && code <= 0x0D) || (code >= 0x1C && code <= 0x1E) || code == 0x85 ||
         code == 0x2028 || code == 0x2029;
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A number's text without underscores; empty when the underscores are out of place.
std::string plain_number(std::string_view text) {
  text = without_leading(without_trailing(text));
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_between =
        i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    if (text[i] != '_') {
      plain += text[i];
    } else if (!is_between) {
      return {};
    }
  }
  return plain;
}

}  // namespace

std::string with_plain_line_breaks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

size_t find_part(std::string_view text, std::string_view part, size_t at) {
  if (at > text.size()) return std::string_view::npos;
  // Not string_view's find, which takes the product of both sizes when parts almost fit.
  const void* found = ::memmem(text.data() + at, text.size() - at, part.data(), part.size());
  return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data())
               : std::string_view::npos;
}

std::string_view stripped(std::string_view text, std::optional<std::string_view> chars, Side side) {
  const auto drops = [&](char32_t code) { return chars ? holds(*chars, code) : is_space(code); };
  while (side != Side::Right && !text.empty() && drops(first_code_point(text).code))
    text.remove_prefix(first_code_point(text).bytes);
  while (side != Side::Left && !text.empty() && drops(last_code_point(text).code))
    text.remove_suffix(last_code_point(text).bytes);
  return text;
}

Views split(std::string_view text, std::string_view separator, int64_t limit) {
  Views parts;
  size_t found = std::string_view::npos;
  while (limit-- != 0 && (found = find_part(text, separator)) != std::string_view::npos) {
    parts.push_back(text.substr(0, found));
    text.remove_prefix(found + separator.size());
  }
  parts.push_back(text);
  return parts;
}

Views split_spaces(std::string_view text, int64_t limit) {
  Views parts;
  for (text = without_leading(text); !text.empty(); text = without_leading(text)) {
    if (limit-- == 0) {
      parts.push_back(text);
      break;
    }
    const size_t bytes = word_bytes(text);
    parts.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return parts;
}

Views split_from_end(std::string_view text, std::string_view separator, int64_t limit) {
  Views parts;
  size_t found = std::string_view::npos;
  while (limit-- != 0 && (found = text.rfind(separator)) != std::string_view::npos) {
    parts.push_back(text.substr(found + separator.size()));
    text = text.substr(0, found);
  }
  parts.push_back(text);
  std::reverse(parts.begin(), parts.end());
  return parts;
}

Views split_spaces_from_end(std::string_view text, int64_t limit) {
  Views parts;
  for (text = without_trailing(text); !text.empty(); text = without_trailing(text)) {
    if (limit-- == 0) {
      parts.push_back(text);
      break;
    }
    const size_t bytes = last_word_bytes(text);
    parts.push_back(text.substr(text.size() - bytes));
    text.remove_suffix(bytes);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

Views split_lines(std::string_view text, bool keep_breaks) {
  Views lines;
  size_t start = 0;
  for (size_t at = 0; at < text.size();) {
    const Character c = first_code_point(text.substr(at));
    const size_t end = at;
    at += c.bytes;
    if (!is_line_break(c.code)) continue;
    if (c.code == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.push_back(text.substr(start, (keep_breaks ? at : end) - start));
    start = at;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t limit) {
  std::string out;
  if (from.empty()) {
    while (limit-- != 0) {
      out += to;
      if (text.empty()) return out;
      const std::string_view c = first_character(text);
      out += c;
      text.remove_prefix(c.size());
    }
    return out.append(text);
  }
  size_t found = std::string_view::npos;
  while (limit-- != 0 && (found = find_part(text, from)) != std::string_view::npos) {
    out += text.substr(0, found);
    out += to;
    text.remove_prefix(found + from.size());
  }
  return out.append(text);
}

int64_t count(std::string_view text, std::string_view part) {
  if (part.empty()) return length(text) + 1;
  int64_t found = 0;
  for (size_t at = 0; (at = find_part(text, part, at)) != std::string_view::npos; at += part.size())
    ++found;
  return found;
}

std::string title_of_words(std::string_view text) {
  std::string out;
  const auto begins_word = [](char32_t code) {
    return is_space(code) || std::u32string_view(U"-({[<").find(code) != std::u32string_view::npos;
  };
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    while (at < text.size() && begins_word(first_code_point(text.substr(at)).code))
      at += first_code_point(text.substr(at)).bytes;
    out += text.substr(start, at - start);
    const size_t word = at;
    while (at < text.size() && !begins_word(first_code_point(text.substr(at)).code))
      at += first_code_point(text.substr(at)).bytes;
    if (at == word) continue;
    const std::string_view first = first_character(text.substr(word));
    out += upper(first);
    out += lower(text.substr(word + first.size(), at - word - first.size()));
  }
  return out;
}

std::string python_quoted(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    const char32_t code = first_code_point(text).code;
    if (code == '\\' || code == static_cast<char32_t>(quote)) {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code == '\n' || code == '\r' || code == '\t') {
      out += code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t";
    } else if (is_printable(code)) {
      append_utf8(out, code);
    } else {
      const auto value = static_cast<uint32_t>(code);
      out += value < 0x100     ? fmt::format("\\x{:02x}", value)
             : value < 0x10000 ? fmt::format("\\u{:04x}", value)
                               : fmt::format("\\U{:08x}", value);
    }
  }
  return out + quote;
}

std::string json_quoted(std::string_view text, bool is_ascii) {
  std::string out = "\"";
  const auto unit = [&](uint32_t value) { out += fmt::format("\\u{:04x}", value); };
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    const auto code = static_cast<uint32_t>(first_code_point(text).code);
    constexpr std::string_view kNamed = "\b\t\n\f\r\"\\", kNames = "btnfr\"\\";
    const size_t named = code < 0x80 ? kNamed.find(static_cast<char>(code)) : kNamed.npos;
    if (named != kNamed.npos) {
      out += '\\';
      out += kNames[named];
    } else if (code < 0x20 || (is_ascii && code > 0x7E && code < 0x10000)) {
      if (code == 0x7F) {
        out += '\x7F';
      } else {
        unit(code);
      }
    } else if (is_ascii && code >= 0x10000) {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      append_utf8(out, code);
    }
  }
  return out + '"';
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  std::string text = fmt::format("{}", number);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::optional<int64_t> parse_integer(std::string_view text, int base) {
  std::string plain = plain_number(text);
  const bool is_negative = plain.starts_with('-');
  if (is_negative || plain.starts_with('+')) plain.erase(0, 1);
  const char mark = plain.size() > 2 && plain[0] == '0' ? static_cast<char>(plain[1] | 0x20) : '0';
  const int prefix = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
  if (prefix != 0 && (base == 0 || base == prefix)) {
    plain.erase(0, 2);
    base = prefix;
  } else if (base == 0) {
    base = 10;
    if (plain.size() > 1 && plain[0] == '0' && plain.find_first_not_of('0') != plain.npos)
      return std::nullopt;
  }
  if (plain.empty() || plain[0] == '-' || plain[0] == '+') return std::nullopt;
  if (is_negative) plain.insert(0, 1, '-');
  int64_t value = 0;
  const char* end = plain.data() + plain.size();
  const auto [stopped, error] = std::from_chars(plain.data(), end, value, base);
  if (stopped != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error != std::errc()) throw Fault{"an integer of 64 bits", plain};
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  const std::string plain = plain_number(text);
  std::string word = lower(plain);
  const bool has_sign = word.starts_with('-') || word.starts_with('+');
  const std::string_view unsigned_word = std::string_view(word).substr(has_sign ? 1 : 0);
  const bool is_named =
      unsigned_word == "inf" || unsigned_word == "infinity" || unsigned_word == "nan";
  if (!is_named && plain.find_first_not_of("+-.0123456789eE") != plain.npos) return std::nullopt;
  if (plain.empty()) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(plain.c_str(), &end);
  if (end != plain.c_str() + plain.size()) return std::nullopt;
  return value;
}

}  // namespace plumbline::text::jinja
