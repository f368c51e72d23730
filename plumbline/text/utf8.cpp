#include "plumbline/text/utf8.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

// The character, or broken piece of one, that a text begins with.
struct Step {
  size_t length;
  bool is_valid;
};

// Source: Unicode 15, table 3-7 (well-formed byte sequences).
Step first_step(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
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

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Step step = first_step(text);
    out += step.is_valid ? text.substr(0, step.length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(step.length);
  }
  return out;
}

std::string nfc(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t valid = 0;
    Step step{0, true};
    while (valid < text.size() && (step = first_step(text.substr(valid))).is_valid) {
      valid += step.length;
    }
    if (valid > 0) out += nfc_of_valid(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    out += text.substr(0, step.length);
    text.remove_prefix(step.length);
  }
  return out;
}

}  // namespace plumbline::text
