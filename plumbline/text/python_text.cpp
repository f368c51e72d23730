#include "plumbline/text/python_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "plumbline/text/python_special_cases.h"
#include "plumbline/text/unicode_class.h"

namespace plumbline::text::python {
namespace {

bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

utf8proc_category_t category(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

const SpecialCase* special_case(char32_t code) {
  const auto* found = std::lower_bound(std::begin(kSpecialCases), std::end(kSpecialCases), code,
                                       [](const SpecialCase& c, char32_t v) { return c.from < v; });
  return found != std::end(kSpecialCases) && found->from == code ? found : nullptr;
}

void append_all(std::string& out, std::u32string_view codes) {
  for (const char32_t code : codes) append_utf8(out, code);
}

// utf8proc gives sharp s a capital that Unicode's own mapping does not; the table has it.
void append_upper(std::string& out, char32_t code) {
  const SpecialCase* special = special_case(code);
  if (special) return append_all(out, special->upper);
  append_utf8(out, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(code))));
}

void append_title(std::string& out, char32_t code) {
  const SpecialCase* special = special_case(code);
  if (special) return append_all(out, special->title);
  append_utf8(out, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(code))));
}

bool is_between(char32_t code, char32_t low, char32_t high) { return code >= low && code <= high; }

// Lower case by Unicode's property, which takes in a few marks that are not letters.
bool is_lower_code(char32_t code) {
  return category(code) == UTF8PROC_CATEGORY_LL || code == 0xAA || code == 0xBA ||
         is_between(code, 0x2B0, 0x2B8) || is_between(code, 0x2C0, 0x2C1) ||
         is_between(code, 0x2E0, 0x2E4) || code == 0x345 || code == 0x37A ||
         is_between(code, 0x1D2C, 0x1D6A) || code == 0x1D78 || is_between(code, 0x1D9B, 0x1DBF) ||
         code == 0x2071 || code == 0x207F || is_between(code, 0x2090, 0x209C) ||
         is_between(code, 0x2170, 0x217F) || is_between(code, 0x24D0, 0x24E9) ||
         is_between(code, 0x2C7C, 0x2C7D) || is_between(code, 0xA69C, 0xA69D) || code == 0xA770 ||
         is_between(code, 0xA7F8, 0xA7F9) || is_between(code, 0xAB5C, 0xAB5F) || code == 0x10780 ||
         is_between(code, 0x10783, 0x10785) || is_between(code, 0x10787, 0x107B0) ||
         is_between(code, 0x107B2, 0x107BA);
}

bool is_upper_code(char32_t code) {
  return category(code) == UTF8PROC_CATEGORY_LU || is_between(code, 0x2160, 0x216F) ||
         is_between(code, 0x24B6, 0x24CF) || is_between(code, 0x1F130, 0x1F149) ||
         is_between(code, 0x1F150, 0x1F169) || is_between(code, 0x1F170, 0x1F189);
}

bool is_cased(char32_t code) {
  return is_lower_code(code) || is_upper_code(code) || category(code) == UTF8PROC_CATEGORY_LT;
}

// What may stand between a letter and the end of its word.
bool is_case_ignorable(char32_t code) {
  switch (category(code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      break;
  }
  constexpr std::u32string_view marks =
      U"'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";
  return marks.find(code) != marks.npos;
}

bool is_cased_after(std::string_view rest) {
  while (!rest.empty()) {
    const Character next = first_code_point(rest);
    if (!is_case_ignorable(next.code)) return is_cased(next.code);
    rest.remove_prefix(next.bytes);
  }
  return false;
}

bool is_cased_before(std::string_view rest) {
  while (!rest.empty()) {
    const Character last = last_code_point(rest);
    if (!is_case_ignorable(last.code)) return is_cased(last.code);
    rest.remove_suffix(last.bytes);
  }
  return false;
}

// The lower case of the character at `at` of a text.
void append_lower(std::string& out, std::string_view text, size_t at, Character c) {
  constexpr char32_t kSigma = 0x3A3, kFinalSigma = 0x3C2, kDottedI = 0x130;
  if (c.code == kDottedI) return append_all(out, U"i\u0307");
  if (c.code == kSigma && is_cased_before(text.substr(0, at)) &&
      !is_cased_after(text.substr(at + c.bytes)))
    return append_utf8(out, kFinalSigma);
  append_utf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c.code))));
}

}  // namespace

Character first_code_point(std::string_view text) {
  const plumbline::text::Character first = plumbline::text::first_character(text);
  return {first.code, first.length};
}

Character last_code_point(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && is_continuation(text[start])) --start;
  return first_code_point(text.substr(start));
}

int64_t length(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); });
}

size_t byte_offset(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += first_code_point(text.substr(at)).bytes;
  return at;
}

std::string reversed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t bytes = last_code_point(text).bytes;
    out += text.substr(text.size() - bytes);
    text.remove_suffix(bytes);
  }
  return out;
}

bool is_space(char32_t code) {
  return is_between(code, 0x1C, 0x1F) || plumbline::text::is_space(code);
}

size_t leading_space(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const Character c = first_code_point(text.substr(at));
    if (!is_space(c.code)) break;
    at += c.bytes;
  }
  return at;
}

size_t trailing_space(std::string_view text) {
  size_t end = text.size();
  while (end > 0) {
    const Character c = last_code_point(text.substr(0, end));
    if (!is_space(c.code)) break;
    end -= c.bytes;
  }
  return text.size() - end;
}

std::string_view stripped(std::string_view text) {
  text.remove_prefix(leading_space(text));
  text.remove_suffix(trailing_space(text));
  return text;
}

bool is_printable(char32_t code) {
  switch (category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    case UTF8PROC_CATEGORY_ZS:
      return code == ' ';
    default:
      return true;
  }
}

std::string upper(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character c = first_code_point(text);
    append_upper(out, c.code);
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Character c = first_code_point(text.substr(at));
    append_lower(out, text, at, c);
    at += c.bytes;
  }
  return out;
}

std::string title(std::string_view text) {
  std::string out;
  bool is_inside = false;
  for (size_t at = 0; at < text.size();) {
    const Character c = first_code_point(text.substr(at));
    if (is_inside) {
      append_lower(out, text, at, c);
    } else {
      append_title(out, c.code);
    }
    is_inside = is_cased(c.code);
    at += c.bytes;
  }
  return out;
}

std::string capitalized(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Character c = first_code_point(text.substr(at));
    if (at == 0) {
      append_title(out, c.code);
    } else {
      append_lower(out, text, at, c);
    }
    at += c.bytes;
  }
  return out;
}

bool is_upper(std::string_view text) {
  bool any = false;
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    const char32_t code = first_code_point(text).code;
    if (is_cased(code) && !is_upper_code(code)) return false;
    any = any || is_upper_code(code);
  }
  return any;
}

bool is_lower(std::string_view text) {
  bool any = false;
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    const char32_t code = first_code_point(text).code;
    if (is_cased(code) && !is_lower_code(code)) return false;
    any = any || is_lower_code(code);
  }
  return any;
}

}  // namespace plumbline::text::python
