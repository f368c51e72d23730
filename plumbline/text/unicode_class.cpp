#include "plumbline/text/unicode_class.h"

#include <utf8proc.h>

namespace plumbline::text {
namespace {

bool is_within(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

// Symbols that are Other_Alphabetic: letters in circles and squares.
bool is_enclosed_letter(char32_t code) {
  return is_within(code, 0x24B6, 0x24E9) || is_within(code, 0x1F130, 0x1F149) ||
         is_within(code, 0x1F150, 0x1F169) || is_within(code, 0x1F170, 0x1F189);
}

}  // namespace

bool is_space(char32_t code) {
  return is_within(code, 0x09, 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || is_within(code, 0x2000, 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_word(char32_t code) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return code == 0x200C || code == 0x200D || is_enclosed_letter(code);
  }
}

bool is_digit(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code)) == UTF8PROC_CATEGORY_ND;
}

}  // namespace plumbline::text
